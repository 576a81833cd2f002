import { CALL_EVENTS, DELIVERY_STATUSES } from "../../domain/webhook.ts";
import { pathOf } from "../api.ts";
import { go, usePlace } from "../router.tsx";
import { Field } from "../ui/parts.tsx";
import { momentOf } from "./span.ts";

const NAMES = ["status", "event", "call_uuid", "date_from", "date_to"] as const;
export type DeliveryFilters = Record<(typeof NAMES)[number], string>;

/** As the address has them, so that a reload and a link keep them. */
export function useDeliveryFilters(): DeliveryFilters {
  const { query } = usePlace();
  const filter = (name: (typeof NAMES)[number]): string => query.get(name) ?? "";
  return {
    status: filter("status"),
    event: filter("event"),
    call_uuid: filter("call_uuid"),
    date_from: filter("date_from"),
    date_to: filter("date_to"),
  };
}

/** As the API is asked. */
export function queryOf(filters: DeliveryFilters): Record<string, string | undefined> {
  return { ...filters, date_from: momentOf(filters.date_from), date_to: momentOf(filters.date_to) };
}

export function DeliveryFilterFields({ filters }: { filters: DeliveryFilters }) {
  const { path } = usePlace();
  const set = (change: Partial<DeliveryFilters>): void =>
    go(pathOf(path, { ...filters, ...change }), "replace");
  return (
    <div class="log-filters" role="search" aria-label="Deliveries">
      <Field label="Status">
        <Choice value={filters.status} options={DELIVERY_STATUSES} onChange={(status) => set({ status })} />
      </Field>
      <Field label="Event">
        <Choice value={filters.event} options={CALL_EVENTS} onChange={(event) => set({ event })} />
      </Field>
      <Field label="Call">
        <input
          placeholder="cal_…"
          autocomplete="off"
          spellcheck={false}
          value={filters.call_uuid}
          onChange={({ currentTarget }) => set({ call_uuid: currentTarget.value.trim() })}
        />
      </Field>
      <Field label="Fired from">
        <input
          type="datetime-local"
          value={filters.date_from}
          onChange={({ currentTarget }) => set({ date_from: currentTarget.value })}
        />
      </Field>
      <Field label="Fired up to">
        <input
          type="datetime-local"
          value={filters.date_to}
          onChange={({ currentTarget }) => set({ date_to: currentTarget.value })}
        />
      </Field>
    </div>
  );
}

function Choice({
  value,
  options,
  onChange,
}: {
  value: string;
  options: readonly string[];
  onChange: (value: string) => void;
}) {
  return (
    <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
      <option value="">any</option>
      {options.map((option) => (
        <option key={option}>{option}</option>
      ))}
    </select>
  );
}
