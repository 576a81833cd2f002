import { CALL_STATUSES, CALL_TYPES, type CallType } from "../../domain/call/status.ts";
import { showNumber, showWord } from "../format.ts";
import type { Board } from "./board.ts";
import { useTold } from "./subscribers.ts";
import { DIRECTIONS } from "./words.ts";

/** Which of the calls are shown, and in what order. `type` null: all. */
export type View = { type: CallType | null; isOldestFirst: boolean };

/** How many calls live, and which of them are shown in what order. */
export function Choices({
  board,
  view,
  onChange,
}: {
  board: Board;
  view: View;
  onChange: (part: Record<string, string | undefined>) => void;
}) {
  return (
    <div class="live-choices">
      <div class="live-summary">
        <Summary board={board} />
      </div>
      <div class="live-pick">
        <label class="live-choice">
          <span>Show</span>
          <select
            value={view.type ?? ""}
            onChange={({ currentTarget }) => onChange({ type: currentTarget.value || undefined })}
          >
            <option value="">All calls</option>
            {CALL_TYPES.map((type) => (
              <option key={type} value={type}>
                {DIRECTIONS[type]}
              </option>
            ))}
          </select>
        </label>
        <label class="live-choice">
          <span>Order</span>
          <select
            value={view.isOldestFirst ? "oldest" : ""}
            onChange={({ currentTarget }) => onChange({ order: currentTarget.value || undefined })}
          >
            <option value="">Newest first</option>
            <option value="oldest">Oldest first</option>
          </select>
        </label>
      </div>{" "}
    </div>
  );
}

function Summary({ board }: { board: Board }) {
  useTold((act) => board.on("any", act), [board]);
  const counts = new Map<string, number>();
  for (const { status } of board.calls()) counts.set(status, (counts.get(status) ?? 0) + 1);
  const total = board.order.length;
  const parts = CALL_STATUSES.filter((status) => counts.has(status));
  return (
    <p>
      <strong>{showNumber(total)}</strong> {total === 1 ? "call" : "calls"}
      {parts.map((status) => (
        <span key={status}>
          {" · "}
          {showNumber(counts.get(status) ?? 0)} {showWord(status)}
        </span>
      ))}
    </p>
  );
}
