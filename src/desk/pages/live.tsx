// The calls that live now. Which one is open, which are shown and in what order stands in the address.

import { useCallback, useState } from "preact/hooks";
import { CALL_TYPES } from "../../domain/call/status.ts";
import { pathOf } from "../api.ts";
import { Choices, type View } from "../live/choices.tsx";
import { Connection } from "../live/connection.tsx";
import { LiveList } from "../live/list.tsx";
import { CallPanel } from "../live/panel.tsx";
import { usePeople, type People } from "../live/people.ts";
import { useTold } from "../live/subscribers.ts";
import { useBoard, type WatchedBoard } from "../live/use-board.ts";
import { go, usePlace } from "../router.tsx";
import { useMay } from "../session.tsx";
import { Empty, Loading, Page } from "../ui/parts.tsx";

export function LivePage() {
  const may = useMay();
  if (may("voice:calls:read")) return <Watched />;
  return (
    <Page title="Live calls">
      <Empty>This key may not see calls: it lacks the scope voice:calls:read.</Empty>
    </Page>
  );
}

function Watched() {
  const watched = useBoard();
  const people = usePeople();
  const { chosen, ...view } = useView();
  const [wanted, setWanted] = useState<string | null>(null);
  const choose = useCallback((id: string) => {
    setWanted(id);
    show({ call: id });
  }, []);
  const close = (): void => {
    show({ call: undefined });
    document.querySelector<HTMLElement>(`[data-call="${CSS.escape(chosen ?? "")}"]`)?.focus();
  };
  const { board, state, connectAnew } = watched;
  const isOld = board.isKnown && (state === "lost" || state === "done");
  return (
    <Page title="Live calls" actions={<Connection state={state} connectAnew={connectAnew} />}>
      <div class={chosen === null ? "live" : "live live-open"}>
        <div class={isOld ? "live-calls dimmed" : "live-calls"}>
          <Calls watched={watched} people={people} view={view} chosen={chosen} onChoose={choose} />
        </div>
        {chosen === null ? null : (
          <CallPanel
            key={chosen}
            id={chosen}
            board={board}
            people={people}
            isWanted={wanted === chosen}
            onClose={close}
          />
        )}
      </div>
    </Page>
  );
}

function useView(): View & { chosen: string | null } {
  const { query } = usePlace();
  return {
    chosen: query.get("call"),
    type: CALL_TYPES.find((type) => type === query.get("type")) ?? null,
    isOldestFirst: query.get("order") === "oldest",
  };
}

/** @param part of the query that is another now. */
function show(part: Record<string, string | undefined>): void {
  const query = Object.fromEntries(new URLSearchParams(location.search));
  go(pathOf("/desk", { ...query, ...part }), "replace");
}

function Calls({
  watched: { board, state },
  people,
  view,
  chosen,
  onChoose,
}: {
  watched: WatchedBoard;
  people: People;
  view: View;
  chosen: string | null;
  onChoose: (id: string) => void;
}) {
  useTold((act) => board.on("list", act), [board]);
  if (!board.isKnown) {
    return state === "lost" ? (
      <Empty>The live calls can't be reached. They appear here as soon as they can.</Empty>
    ) : (
      <Loading what="Looking for live calls" />
    );
  }
  const ids = board.order.filter((id) => view.type === null || board.get(id)?.call_type === view.type);
  if (!view.isOldestFirst) ids.reverse();
  return (
    <>
      <Choices board={board} view={view} onChange={show} />
      {ids.length === 0 ? (
        <Empty>
          No {view.type ?? ""} calls live at this moment. They appear here by themselves: when one of your{" "}
          <a href="/desk/campaigns">campaigns</a> calls somebody, or somebody calls in.
        </Empty>
      ) : (
        <LiveList
          ids={ids}
          chosen={chosen}
          board={board}
          contacts={people.contacts}
          campaigns={people.campaigns}
          onChoose={onChoose}
        />
      )}
    </>
  );
}
