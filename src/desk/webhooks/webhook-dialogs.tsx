// What can be done with a webhook, each asked about first.

import { useState } from "preact/hooks";
import type { WebhookDelivery } from "../../contract/webhook-logs.ts";
import type { Webhook, WebhookWithSecret } from "../../contract/webhooks.ts";
import type { CallEventName } from "../../domain/webhook.ts";
import { ask } from "../api.ts";
import { remove } from "../remove.ts";
import { ActionDialog } from "../ui/dialog.tsx";
import { Field } from "../ui/parts.tsx";
import { EVENT_OPTIONS, WEBHOOKS } from "./words.ts";

type Props<T> = { webhook: Webhook; onClose: (value: T | null) => void };

export function TestDialog({ webhook, onClose }: Props<WebhookDelivery>) {
  const [event, setEvent] = useState<CallEventName>(webhook.events[0] ?? "call.ended");
  return (
    <ActionDialog
      title={`Send a test to ${webhook.name}`}
      confirm="Send test"
      act={() => ask<WebhookDelivery>("POST", `${WEBHOOKS}/${webhook.uuid}/test`, { event })}
      done={({ status }) => (status === "delivered" ? "The test was taken." : "The test was not taken.")}
      onClose={onClose}
    >
      <Field
        label="Event"
        hint="Signed and sent as any other, with the data of a call that never was, also while the webhook is paused."
      >
        <select
          value={event}
          onChange={({ currentTarget }) =>
            setEvent(EVENT_OPTIONS.find(({ value }) => value === currentTarget.value)?.value ?? "call.ended")
          }
        >
          {EVENT_OPTIONS.map(({ value }) => (
            <option key={value}>{value}</option>
          ))}
        </select>
      </Field>
    </ActionDialog>
  );
}

const HOUR = 3600;
const OVERLAPS = [
  { seconds: 24 * HOUR, words: "for a day" },
  { seconds: HOUR, words: "for an hour" },
  { seconds: 7 * 24 * HOUR, words: "for a week" },
  { seconds: 0, words: "no longer: only the new one signs, at once" },
];

export function RotateDialog({ webhook, onClose }: Props<WebhookWithSecret>) {
  const [seconds, setSeconds] = useState(24 * HOUR);
  return (
    <ActionDialog
      title={`Give ${webhook.name} a new secret?`}
      confirm="Rotate secret"
      danger
      act={() =>
        ask<WebhookWithSecret>("POST", `${WEBHOOKS}/${webhook.uuid}/rotate-secret`, { expires_in: seconds })
      }
      done={() => `${webhook.name} has a new secret.`}
      onClose={onClose}
    >
      <Field
        label="The old secret signs too"
        hint="So long a receiver has to change over without refusing any."
      >
        <select
          value={String(seconds)}
          onChange={({ currentTarget }) => setSeconds(Number(currentTarget.value))}
        >
          {OVERLAPS.map((each) => (
            <option key={each.seconds} value={String(each.seconds)}>
              {each.words}
            </option>
          ))}
        </select>
      </Field>
    </ActionDialog>
  );
}

export function PauseDialog({ webhook, onClose }: Props<Webhook>) {
  const isActive = webhook.status === "active";
  const status = isActive ? "paused" : "active";
  return (
    <ActionDialog
      title={isActive ? `Pause ${webhook.name}?` : `Make ${webhook.name} active again?`}
      confirm={isActive ? "Pause" : "Activate"}
      act={() => ask<Webhook>("PATCH", `${WEBHOOKS}/${webhook.uuid}`, { status })}
      done={() => `${webhook.name} is ${status}.`}
      onClose={onClose}
    >
      <p>
        {isActive
          ? "Nothing is sent meanwhile. Events are kept as skipped, and can be replayed."
          : "From now on events are sent. What it missed is sent by a replay."}
      </p>
    </ActionDialog>
  );
}

export function DeleteDialog({ webhook, onClose }: Props<true>) {
  return (
    <ActionDialog
      title={`Delete ${webhook.name}?`}
      confirm="Delete webhook"
      danger
      act={() => remove(`${WEBHOOKS}/${webhook.uuid}`)}
      done={() => `The webhook ${webhook.name} is deleted.`}
      onClose={onClose}
    >
      <p>Nothing more is sent, and its log goes with it. This can't be undone.</p>
    </ActionDialog>
  );
}
