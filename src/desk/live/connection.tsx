import type { SocketState } from "../live-socket.ts";

const WORDS: Record<SocketState, string> = {
  connecting: "Connecting…",
  open: "Live",
  lost: "Connection lost – trying again…",
  done: "Not live any more: this session may watch no longer.",
};

/** How far what is shown can be trusted to be of this moment. */
export function Connection({ state, connectAnew }: { state: SocketState; connectAnew: () => void }) {
  return (
    <div class="live-connection">
      <span class={`live-state live-state-${state}`} role="status">
        {WORDS[state]}
      </span>
      {state === "lost" || state === "done" ? (
        <button type="button" onClick={connectAnew}>
          Try again
        </button>
      ) : null}
    </div>
  );
}
