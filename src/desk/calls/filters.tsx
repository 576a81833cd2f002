import type { Campaign } from "../../contract/campaigns.ts";
import { CALL_STATUSES, CALL_TYPES, OUTCOMES, SENTIMENTS } from "../../domain/call/status.ts";
import { pathOf } from "../api.ts";
import { showWord } from "../format.ts";
import { go, usePlace } from "../router.tsx";
import { Field } from "../ui/parts.tsx";
import { ContactFilter } from "./contact-filter.tsx";

export const FILTERS = [
  "campaign_id",
  "contact_id",
  "outcome",
  "sentiment",
  "call_type",
  "status",
  "date_from",
  "date_to",
] as const;
export type FilterName = (typeof FILTERS)[number];

/** What is set of them in the address. */
export function filtersOf(query: URLSearchParams): Partial<Record<FilterName, string>> {
  return Object.fromEntries(
    FILTERS.flatMap((name) => {
      const value = query.get(name) ?? "";
      return value === "" ? [] : [[name, value]];
    }),
  );
}

/** Whatever is changed, the list begins anew. */
export function setFilter(query: URLSearchParams, name: FilterName, value: string): void {
  go(pathOf("/desk/calls", { ...filtersOf(query), [name]: value }), "replace");
}

export function CallFilters({ campaigns }: { campaigns: readonly Campaign[] }) {
  const { query } = usePlace();
  return (
    <form class="filters of-calls" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
      {campaigns.length === 0 ? null : (
        <Choice
          name="campaign_id"
          label="Campaign"
          options={campaigns.map(({ uuid, name }) => [uuid, name])}
        />
      )}
      <ContactFilter chosen={query.get("contact_id")} onChoose={(id) => setFilter(query, "contact_id", id)} />
      <Words name="outcome" label="Outcome" words={OUTCOMES} />
      <Words name="sentiment" label="Sentiment" words={SENTIMENTS} />
      <Words name="call_type" label="Direction" words={CALL_TYPES} />
      <Words name="status" label="Status" words={CALL_STATUSES} />
      <DayField name="date_from" label="From day (UTC)" />
      <DayField name="date_to" label="To day (UTC)" />
    </form>
  );
}

function Words({ name, label, words }: { name: FilterName; label: string; words: readonly string[] }) {
  return <Choice name={name} label={label} options={words.map((word) => [word, showWord(word)])} />;
}

function Choice({
  name,
  label,
  options,
}: {
  name: FilterName;
  label: string;
  options: readonly (readonly [value: string, shown: string])[];
}) {
  const { query } = usePlace();
  const chosen = query.get(name) ?? "";
  // What the address names is what is asked for, known or not.
  const isListed = chosen === "" || options.some(([value]) => value === chosen);
  return (
    <Field label={label}>
      <select
        name={name}
        value={chosen}
        onChange={(event) => setFilter(query, name, event.currentTarget.value)}
      >
        <option value="">Any</option>
        {options.map(([value, shown]) => (
          <option key={value} value={value}>
            {shown}
          </option>
        ))}
        {isListed ? null : <option value={chosen}>{chosen}</option>}
      </select>
    </Field>
  );
}

function DayField({ name, label }: { name: FilterName; label: string }) {
  const { query } = usePlace();
  return (
    <Field label={label}>
      <input
        type="date"
        name={name}
        value={(query.get(name) ?? "").slice(0, 10)}
        onChange={(event) => setFilter(query, name, event.currentTarget.value)}
      />
    </Field>
  );
}
