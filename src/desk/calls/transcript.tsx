import { useEffect, useRef, useState } from "preact/hooks";
import type { TranscriptTurn } from "../../domain/transcript.ts";
import { showDuration } from "../format.ts";
import { Empty } from "../ui/parts.tsx";

const SPEAKERS = { agent: "Agent", customer: "Customer" } as const;

/**
 * What was said, in step with the recording: who picks a line hears it, and the line that is heard is marked.
 * @param player null: there is nothing to hear.
 * @param offset seconds from the answer to the recording's beginning.
 */
export function Transcript({
  turns,
  player,
  offset,
  isLive,
}: {
  turns: readonly TranscriptTurn[];
  player: HTMLAudioElement | null;
  offset: number;
  isLive: boolean;
}) {
  const box = useRef<HTMLDivElement>(null);
  const heard = useHeardLine(turns, player, offset);
  const shown = isLive ? turns.length - 1 : heard;
  useEffect(() => {
    const [list, line] = [box.current, box.current?.querySelectorAll("li")[shown]];
    if (!list || !line) return;
    // Within its box alone: the page itself stays where its reader has it.
    const [above, below] = [line.offsetTop, line.offsetTop + line.offsetHeight];
    if (above < list.scrollTop || below > list.scrollTop + list.clientHeight) {
      list.scrollTop = above - list.clientHeight / 3;
    }
  }, [shown, turns.length]);
  const hear = (turn: TranscriptTurn): void => {
    if (player === null) return;
    player.currentTime = Math.max(0, turn.timestamp - offset);
    // A browser may forbid it, and then the player stands where it is to begin.
    void player.play().catch(() => {});
  };
  if (turns.length === 0 && !isLive) return <Empty>Nothing was said in this call.</Empty>;
  return (
    // A log is read out as it grows, if it was there before.
    <div class="turns" ref={box} role={isLive ? "log" : "region"} aria-label="What was said" tabIndex={0}>
      {turns.length === 0 ? <Empty>Nothing was said yet.</Empty> : null}
      <ol>
        {turns.map((turn, index) => {
          const said = { class: `line line-${turn.speaker}`, children: <Line turn={turn} /> };
          const current = index === heard ? "true" : undefined;
          return (
            <li key={`${index} ${turn.timestamp}`}>
              {player === null ? (
                <div {...said} />
              ) : (
                <button {...said} type="button" aria-current={current} onClick={() => hear(turn)} />
              )}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function Line({ turn }: { turn: TranscriptTurn }) {
  return (
    <>
      <span class="stamp">{showDuration(turn.timestamp)}</span>
      <span class="speaker">{SPEAKERS[turn.speaker]}</span>
      <span class="said">{turn.text}</span>
    </>
  );
}

/** Which line is being heard; -1 before the first. */
function useHeardLine(
  turns: readonly TranscriptTurn[],
  player: HTMLAudioElement | null,
  offset: number,
): number {
  const [heard, setHeard] = useState(-1);
  useEffect(() => {
    if (player === null) return;
    let frame = 0;
    const look = (): void => {
      // A player puts itself a little beside where it was told to go.
      const seconds = player.currentTime + 0.05;
      setHeard(turns.findLastIndex(({ timestamp }) => Math.max(0, timestamp - offset) <= seconds));
    };
    // `timeupdate` comes four times a second; a line may be shorter.
    const follow = (): void => {
      look();
      cancelAnimationFrame(frame);
      if (!player.paused) frame = requestAnimationFrame(follow);
    };
    for (const name of FOLLOWED) player.addEventListener(name, follow);
    follow();
    return () => {
      cancelAnimationFrame(frame);
      for (const name of FOLLOWED) player.removeEventListener(name, follow);
    };
  }, [turns, player, offset]);
  return heard;
}

const FOLLOWED = ["play", "seeking", "timeupdate"] as const;
