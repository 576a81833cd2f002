import { useState } from "preact/hooks";
import type { Availability, Queue } from "../../contract/queues.ts";
import { pathOf } from "../api.ts";
import { showNumber } from "../format.ts";
import { useResource, type Resource } from "../resource.ts";
import { useMay } from "../session.tsx";
import { Badge, Pager, Shown } from "../ui/parts.tsx";
import { useEvery } from "../ui/use-every.ts";
import { HumanDialog } from "./human-dialogs.tsx";
import { peoplePath, type People } from "./paths.ts";
import { PeopleTable } from "./people-table.tsx";
import { ACCEPT_WORDS, DeleteQueueDialog, QueueDialog } from "./queue-dialogs.tsx";

type Asking = "to add" | "to change" | "to delete";

const LIMIT = 50;
/** Who is in a call changes by itself. */
const PEOPLE_EVERY_SECONDS = 10;

/** @param askEverySeconds how often the queue's availability may be asked for. */
export function QueueSection({
  queue,
  askEverySeconds,
  onChanged,
}: {
  queue: Queue;
  askEverySeconds: number;
  onChanged: () => void;
}) {
  const [offset, setOffset] = useState(0);
  const people = useResource<People>(pathOf(peoplePath(queue.name), { limit: LIMIT, offset }));
  const availability = useAvailability(queue.name, askEverySeconds);
  useEvery(PEOPLE_EVERY_SECONDS, people.reload);
  const refresh = async (): Promise<void> => {
    await Promise.all([people.reload(), availability.reload()]);
  };
  return (
    <section class="queue" aria-labelledby={queue.uuid}>
      <QueueHead
        queue={queue}
        people={people.value?.total ?? 0}
        availability={availability}
        onChanged={onChanged}
        onPeopleChanged={() => void refresh()}
      />
      <Shown resource={people}>
        {(list) => (
          <>
            <PeopleTable queue={queue} people={people} list={list} onChanged={refresh} />
            {list.total > LIMIT || offset > 0 ? (
              <Pager total={list.total} limit={LIMIT} offset={offset} onMove={setOffset} />
            ) : null}
          </>
        )}
      </Shown>
    </section>
  );
}

/** What a key may not see is left out: it is a comfort. */
function useAvailability(name: string, seconds: number): Resource<Availability> {
  const may = useMay();
  const path = pathOf("/api/voice/calls/agent-availability", { target: name });
  const availability = useResource<Availability>(may("voice:calls:read") ? path : null);
  useEvery(seconds, availability.reload);
  return availability;
}

function QueueHead({
  queue,
  people,
  availability,
  onChanged,
  onPeopleChanged,
}: {
  queue: Queue;
  people: number;
  availability: Resource<Availability>;
  onChanged: () => void;
  onPeopleChanged: () => void;
}) {
  const may = useMay();
  const [asking, setAsking] = useState<Asking | null>(null);
  const closing = (then: () => void) => (isDone: boolean) => {
    setAsking(null);
    if (isDone) then();
  };
  return (
    <div class="queue-head">
      <h2 id={queue.uuid}>{queue.name}</h2>
      <span class="queue-facts">
        {availability.problem !== null ? (
          <Badge>availability unknown</Badge>
        ) : availability.value === null ? null : (
          <Standing {...availability.value} />
        )}
        <span class="hint">Calls are taken {ACCEPT_WORDS[queue.accept]}.</span>
      </span>
      {may("voice:queues:write") ? (
        <div class="actions" role="group" aria-label={`Queue ${queue.name}`}>
          <button type="button" onClick={() => setAsking("to add")}>
            Add person
          </button>
          <button type="button" onClick={() => setAsking("to change")}>
            Change
          </button>
          <button type="button" onClick={() => setAsking("to delete")}>
            Delete
          </button>
        </div>
      ) : null}
      {asking === "to add" ? (
        <HumanDialog queue={queue} human={null} onClose={closing(onPeopleChanged)} />
      ) : null}
      {asking === "to change" ? <QueueDialog queue={queue} onClose={closing(onChanged)} /> : null}
      {asking === "to delete" ? (
        <DeleteQueueDialog queue={queue} people={people} onClose={closing(onChanged)} />
      ) : null}
    </div>
  );
}

function Standing({ available, queue_depth: depth }: Availability) {
  return (
    <>
      <Badge kind={available ? "good" : "warn"}>{available ? "somebody is free" : "nobody is free"}</Badge>
      <span>
        {depth === 0
          ? "no call waits"
          : `${showNumber(depth)} ${depth === 1 ? "call waits" : "calls wait"} or ${depth === 1 ? "is" : "are"} being offered`}
      </span>
    </>
  );
}
