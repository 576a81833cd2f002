import { useRef, useState } from "preact/hooks";
import { PRESENCES, type Presence } from "../../domain/human-queue.ts";
import type { Human } from "../../contract/queues.ts";
import { ask, type Problem } from "../api.ts";
import { humanPath } from "./paths.ts";

/**
 * Whether somebody takes calls. A change shows at once, and is taken back if it is refused. Who clicks on while one is
 * on its way gets what was clicked last.
 * @param onChanged settles once the list shows what it is now.
 */
export function PresenceButtons({
  human,
  onChanged,
  onRefused,
}: {
  human: Human;
  onChanged: (human: Human) => Promise<void>;
  onRefused: (problem: Problem | null) => void;
}) {
  const [wanted, setWanted] = useState<Presence | null>(null);
  const last = useRef<Presence | null>(null);
  const isBusy = useRef(false);
  const want = async (presence: Presence): Promise<void> => {
    last.current = presence;
    setWanted(presence);
    onRefused(null);
    if (isBusy.current) return;
    isBusy.current = true;
    while (last.current !== null) {
      const asked: Presence = last.current;
      const answer = await ask<Human>("PATCH", humanPath(human), { presence: asked });
      if (answer.ok && last.current !== asked) continue;
      last.current = null;
      if (answer.ok) await onChanged(answer.value);
      else onRefused(answer.problem);
    }
    isBusy.current = false;
    setWanted(null);
  };
  const shown = wanted ?? human.presence;
  return (
    <div class="presences" role="group" aria-label={`Presence of ${human.name}`}>
      {PRESENCES.map((presence) => (
        <button
          key={presence}
          type="button"
          class={`presence-${presence}`}
          aria-pressed={shown === presence}
          onClick={() => (shown === presence ? undefined : void want(presence))}
        >
          {presence}
        </button>
      ))}
    </div>
  );
}
