// Small parts of which all pages are made.

import { createContext, type ComponentChildren, type JSX } from "preact";
import { useContext, useEffect, useRef } from "preact/hooks";
import type { Problem } from "../api.ts";
import type { Resource } from "../resource.ts";

/** A page: its heading is focused when it is come to, so that a screen reader says where one is. */
export function Page({
  title,
  actions,
  children,
}: {
  title: string;
  actions?: ComponentChildren;
  children: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Trunkline desk`;
  }, [title]);
  useEffect(() => heading.current?.focus(), []);
  return (
    <>
      <div class="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions === undefined ? null : <div class="actions">{actions}</div>}
      </div>
      {children}
    </>
  );
}

export function Loading({ what = "Loading" }: { what?: string }) {
  return (
    <p class="loading" role="status">
      <span class="spinner" aria-hidden="true" /> {what}…
    </p>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <div class="empty">{children}</div>;
}

/** @param again what tries once more. */
export function ProblemNote({ problem, again }: { problem: Problem; again?: () => unknown }) {
  return (
    <div class="problem" role="alert">
      <p>{problem.detail}</p>
      {problem.errors === undefined ? null : (
        <ul>
          {problem.errors.map(({ path, message }) => (
            <li key={path + message}>
              <code>{path}</code>: {message}
            </li>
          ))}
        </ul>
      )}
      {again === undefined ? null : (
        <button type="button" onClick={() => void again()}>
          Try again
        </button>
      )}
    </div>
  );
}

/** Whether what is shown is that of another path: of the page that was left, or by other filters. */
const OldContext = createContext(false);

/**
 * Loading, refused, or there: what is shown of a resource. What was read last stays, beside the problem; it is dimmed
 * if it is of another path, and so nothing that has the focus is taken away.
 */
export function Shown<T>({
  resource,
  children,
}: {
  resource: Resource<T>;
  children: (value: T) => ComponentChildren;
}) {
  const { value, last, problem, isLoading, reload } = resource;
  const shown = value ?? last;
  const isOld = value === null;
  return (
    <>
      {problem === null ? null : <ProblemNote problem={problem} again={reload} />}
      {shown !== null ? (
        <div class="shown" aria-busy={isOld}>
          <OldContext.Provider value={isOld}>{children(shown)}</OldContext.Provider>
        </div>
      ) : isLoading && problem === null ? (
        <Loading />
      ) : null}
    </>
  );
}

export function Badge({ kind, children }: { kind?: string | null; children: ComponentChildren }) {
  return (
    <span class={`badge ${kind === null || kind === undefined ? "" : `badge-${kind}`}`}>{children}</span>
  );
}

/** A labelled control. @param hint what helps to fill it in. */
export function Field({
  label,
  hint,
  children,
}: {
  label: string;
  hint?: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <label class="field">
      <span class="label">{label}</span>
      {children}
      {hint === undefined ? null : <span class="hint">{hint}</span>}
    </label>
  );
}

/** A table that scrolls by itself where it is too wide; who has only keys can scroll it too. */
export function Table({
  label,
  columns,
  children,
}: {
  label: string;
  columns: readonly string[];
  children: ComponentChildren;
}) {
  return (
    <div class="table-wrap" role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column === "" ? <span class="unseen">Actions</span> : column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/**
 * At the list's ends its buttons do nothing, but stay what they are: a button that is disabled loses the focus. Who is
 * past the end, where the last row of a page was taken away, is brought to the last page.
 * @param offset of the first that is asked for.
 */
export function Pager({
  total,
  limit,
  offset,
  onMove,
}: {
  total: number;
  limit: number;
  offset: number;
  /** @param how `replace`: nobody means to go back to where they come from. */
  onMove: (offset: number, how: "push" | "replace") => void;
}) {
  // Until those are there, where the others begin.
  const shown = useRef(offset);
  const isOld = useContext(OldContext);
  if (!isOld) shown.current = offset;
  const first = shown.current;
  const last = Math.min(total, first + limit);
  const [isFirst, isLast] = [first === 0, last >= total];
  const isBeyond = !isOld && offset > 0 && offset >= total;
  useEffect(() => {
    if (isBeyond) onMove(Math.max(0, Math.ceil(total / limit) - 1) * limit, "replace");
  }, [isBeyond, total]);
  return (
    <nav class="pager" aria-label="Pages">
      <span aria-live="polite">
        {last <= first ? "0" : `${first + 1}–${last}`} of {total}
      </span>
      <button
        type="button"
        aria-disabled={isFirst}
        onClick={() => (isFirst ? undefined : onMove(Math.max(0, first - limit), "push"))}
      >
        Previous
      </button>
      <button
        type="button"
        aria-disabled={isLast}
        onClick={() => (isLast ? undefined : onMove(first + limit, "push"))}
      >
        Next
      </button>
    </nav>
  );
}

export function Definition({ term, children }: { term: string; children: ComponentChildren }): JSX.Element {
  return (
    <div class="definition">
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
