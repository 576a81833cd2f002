import { useState } from "preact/hooks";
import { ACCEPT_MODES, type AcceptMode } from "../../domain/human-queue.ts";
import type { Queue } from "../../contract/queues.ts";
import { ask } from "../api.ts";
import { remove } from "../remove.ts";
import { ActionDialog } from "../ui/dialog.tsx";
import { Field } from "../ui/parts.tsx";
import { QUEUES, queuePath } from "./paths.ts";

export const ACCEPT_WORDS: Record<AcceptMode, string> = {
  key: "by a key pressed after the brief",
  auto: "by picking up",
};

/** @param queue null: a new one. */
export function QueueDialog({ queue, onClose }: { queue: Queue | null; onClose: (saved: boolean) => void }) {
  const [name, setName] = useState(queue?.name ?? "");
  const [accept, setAccept] = useState<AcceptMode>(queue?.accept ?? "key");
  const save = () =>
    queue === null
      ? ask<Queue>("POST", QUEUES, { name, accept })
      : ask<Queue>("PATCH", queuePath(queue.name), { accept });
  return (
    <ActionDialog
      title={queue === null ? "New queue" : `Change ${queue.name}`}
      confirm={queue === null ? "Create queue" : "Save"}
      act={save}
      done={(saved) => `The queue ${saved.name} is ${queue === null ? "made" : "changed"}.`}
      onClose={(saved) => onClose(saved !== null)}
    >
      {queue === null ? (
        <Field
          label="Name"
          hint="What workflows and agents call it: lower-case letters, digits, _ and -. It can't be changed."
        >
          <input
            required
            maxLength={64}
            pattern="[a-z0-9][a-z0-9_\-]*"
            title="Lower-case letters, digits, _ and -, beginning with a letter or a digit"
            autocomplete="off"
            spellcheck={false}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </Field>
      ) : null}
      <Field
        label="A person takes a call"
        hint="A mobile's voicemail picks up too: where one may answer, ask for a key."
      >
        <select
          value={accept}
          onChange={(event) =>
            setAccept(ACCEPT_MODES.find((mode) => mode === event.currentTarget.value) ?? "key")
          }
        >
          {ACCEPT_MODES.map((mode) => (
            <option key={mode} value={mode}>
              {ACCEPT_WORDS[mode]}
            </option>
          ))}
        </select>
      </Field>
    </ActionDialog>
  );
}

export function DeleteQueueDialog({
  queue,
  people,
  onClose,
}: {
  queue: Queue;
  /** How many are in it. */
  people: number;
  onClose: (deleted: boolean) => void;
}) {
  return (
    <ActionDialog
      title={`Delete ${queue.name}?`}
      confirm="Delete queue"
      danger
      act={() => remove(queuePath(queue.name))}
      done={() => `The queue ${queue.name} is deleted.`}
      onClose={(deleted) => onClose(deleted !== null)}
    >
      <p>
        {people === 0
          ? "Nobody is in it."
          : `Who is in it goes with it: ${people} ${people === 1 ? "person" : "people"}.`}{" "}
        Calls can't be transferred to it any more.
      </p>
    </ActionDialog>
  );
}
