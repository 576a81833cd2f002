import { useState } from "preact/hooks";
import type { Human, Queue } from "../../contract/queues.ts";
import type { Problem } from "../api.ts";
import type { Resource } from "../resource.ts";
import { useMay } from "../session.tsx";
import { Badge, Empty, Table } from "../ui/parts.tsx";
import { HumanDialog, RemoveHumanDialog } from "./human-dialogs.tsx";
import type { People } from "./paths.ts";
import { PresenceButtons } from "./presence.tsx";

type Asking = { what: "to change" | "to remove"; human: Human };
type Refused = { human: Human; problem: Problem };
const COLUMNS = ["Name", "Presence", "Reached at", "Now"];

export function PeopleTable({
  queue,
  people,
  list,
  onChanged,
}: {
  queue: Queue;
  people: Resource<People>;
  list: People;
  onChanged: () => Promise<void>;
}) {
  const mayWrite = useMay()("voice:queues:write");
  const [asking, setAsking] = useState<Asking | null>(null);
  const [refused, setRefused] = useState<Refused | null>(null);
  const close = (isDone: boolean): void => {
    setAsking(null);
    if (isDone) void onChanged();
  };
  const show = async (changed: Human): Promise<void> => {
    const agents = list.agents.map((each) => (each.uuid === changed.uuid ? changed : each));
    people.replace({ ...list, agents });
    await onChanged();
  };
  if (list.agents.length === 0) {
    return <Empty>Nobody is in this queue{mayWrite ? ": add a person who takes calls over." : "."}</Empty>;
  }
  return (
    <>
      {refused === null ? null : (
        <p class="problem" role="alert">
          {refused.human.name} stays {refused.human.presence}: {refused.problem.detail}
        </p>
      )}
      <Table label={`People of ${queue.name}`} columns={mayWrite ? [...COLUMNS, ""] : COLUMNS}>
        {list.agents.map((human) => (
          <PersonRow
            key={human.uuid}
            human={human}
            mayWrite={mayWrite}
            onChanged={show}
            onRefused={(problem) => setRefused(problem === null ? null : { human, problem })}
            onAsk={(what) => setAsking({ what, human })}
          />
        ))}
      </Table>
      {asking?.what === "to change" ? (
        <HumanDialog queue={queue} human={asking.human} onClose={close} />
      ) : null}
      {asking?.what === "to remove" ? <RemoveHumanDialog human={asking.human} onClose={close} /> : null}
    </>
  );
}

function PersonRow({
  human,
  mayWrite,
  onChanged,
  onRefused,
  onAsk,
}: {
  human: Human;
  mayWrite: boolean;
  onChanged: (human: Human) => Promise<void>;
  onRefused: (problem: Problem | null) => void;
  onAsk: (what: Asking["what"]) => void;
}) {
  return (
    <tr>
      <td>{human.name}</td>
      <td>
        {mayWrite ? (
          <PresenceButtons human={human} onChanged={onChanged} onRefused={onRefused} />
        ) : (
          <Badge kind={human.presence}>{human.presence}</Badge>
        )}
      </td>
      <td>{human.phone ?? human.sip}</td>
      <td>{human.is_in_call ? <Badge kind="warn">reserved for a call</Badge> : "–"}</td>
      {mayWrite ? (
        <td class="acts">
          <button type="button" onClick={() => onAsk("to change")}>
            Change<span class="unseen"> {human.name}</span>
          </button>
          <button type="button" onClick={() => onAsk("to remove")}>
            Remove<span class="unseen"> {human.name}</span>
          </button>
        </td>
      ) : null}
    </tr>
  );
}
