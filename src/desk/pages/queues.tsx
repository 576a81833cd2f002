import { useState } from "preact/hooks";
import type { Queue } from "../../contract/queues.ts";
import { pathOf } from "../api.ts";
import { QUEUES } from "../queues/paths.ts";
import { QueueDialog } from "../queues/queue-dialogs.tsx";
import { QueueSection } from "../queues/queue-section.tsx";
import { useResource } from "../resource.ts";
import { useMay } from "../session.tsx";
import { Empty, Page, Pager, Shown } from "../ui/parts.tsx";
import { useOffset } from "../ui/use-offset.ts";

const LIMIT = 10;
/** A key may ask 30 times a minute who is available, and this page is not all that asks: it takes at most half. */
const SECONDS_PER_QUEUE = 4;
const AT_LEAST_SECONDS = 10;

/** Who takes calls over, and whether they do now. */
export function QueuesPage() {
  const may = useMay();
  const [offset, move] = useOffset();
  const queues = useResource<{ queues: Queue[]; total: number }>(pathOf(QUEUES, { limit: LIMIT, offset }));
  const [isAdding, setAdding] = useState(false);
  const mayWrite = may("voice:queues:write");
  return (
    <Page
      title="Queues"
      actions={
        mayWrite ? (
          <button type="button" class="primary" onClick={() => setAdding(true)}>
            New queue
          </button>
        ) : undefined
      }
    >
      <Shown resource={queues}>
        {({ queues: shown, total }) => (
          <>
            {shown.length > 0 ? null : (
              <Empty>
                {total > 0
                  ? "No more queues here."
                  : `There is no queue yet.${mayWrite ? " Make one, and add the people who take calls over." : ""}`}
              </Empty>
            )}
            {shown.map((queue) => (
              <QueueSection
                key={queue.uuid}
                queue={queue}
                askEverySeconds={Math.max(AT_LEAST_SECONDS, SECONDS_PER_QUEUE * shown.length)}
                onChanged={() => void queues.reload()}
              />
            ))}
            {total > LIMIT || offset > 0 ? (
              <Pager total={total} limit={LIMIT} offset={offset} onMove={move} />
            ) : null}
          </>
        )}
      </Shown>
      {isAdding ? (
        <QueueDialog
          queue={null}
          onClose={(isDone) => {
            setAdding(false);
            if (isDone) void queues.reload();
          }}
        />
      ) : null}
    </Page>
  );
}
