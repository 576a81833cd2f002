import type { ComponentChildren } from "preact";
import type { KeyDetails } from "../../contract/calls.ts";
import { showWord } from "../format.ts";
import { Empty } from "../ui/parts.tsx";

const TITLES: Record<string, string> = { extraction: "What was found out", qms_scores: "Scores" };
/** Deeper than this it is shown as it came. */
const DEEPEST = 4;

/** What was found out in the call, and how the agent did: workflows may add anything, nested in any way. */
export function KeyDetailsTables({ details }: { details: KeyDetails }) {
  const parts = Object.entries(details).filter(([, part]) => !isNothing(part));
  if (parts.length === 0) return <Empty>Nothing was noted of this call.</Empty>;
  return (
    <>
      {parts.map(([name, part]) => {
        const title = TITLES[name] ?? showWord(name);
        return (
          <section key={name}>
            <h3>{title}</h3>
            <div class="table-wrap" role="region" aria-label={title} tabIndex={0}>
              <ValueTable value={isObject(part) ? part : { value: part }} depth={0} />
            </div>
          </section>
        );
      })}
    </>
  );
}

function ValueTable({ value, depth }: { value: Record<string, unknown>; depth: number }) {
  return (
    <table class="details">
      <tbody>
        {Object.entries(value).map(([name, each]) => (
          <tr key={name}>
            <th scope="row">{showWord(name)}</th>
            <td>
              <Value value={each} depth={depth + 1} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Value({ value, depth }: { value: unknown; depth: number }): ComponentChildren {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  // As it is: an order number has no thousands, and a price no fewer digits.
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return value;
  if (isNothing(value)) return "–";
  if (depth > DEEPEST) return <code>{JSON.stringify(value)}</code>;
  if (Array.isArray(value)) {
    if (value.every((each) => typeof each !== "object")) return value.map(String).join(", ");
    return (
      <ol class="values">
        {value.map((each: unknown, index) => (
          <li key={index}>
            <Value value={each} depth={depth + 1} />
          </li>
        ))}
      </ol>
    );
  }
  return isObject(value) ? <ValueTable value={value} depth={depth} /> : String(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNothing(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
