import { useState } from "preact/hooks";
import type { Webhook, WebhookWithSecret } from "../../contract/webhooks.ts";
import type { CallEventName } from "../../domain/webhook.ts";
import { ask, type Answer } from "../api.ts";
import { Checks } from "../ui/checks.tsx";
import { ActionDialog } from "../ui/dialog.tsx";
import { Field, ProblemNote } from "../ui/parts.tsx";
import { HeaderFields, headersOf, NO_HEADER_CHANGES } from "./header-fields.tsx";
import { EVENT_OPTIONS, WEBHOOKS } from "./words.ts";

const NO_EVENT = { code: "no_event", detail: "Choose at least one event." };

/** @param webhook null: a new one, whose secret is in the answer. */
export function WebhookDialog({
  webhook,
  onClose,
}: {
  webhook: Webhook | null;
  onClose: (saved: Webhook | WebhookWithSecret | null) => void;
}) {
  const [name, setName] = useState(webhook?.name ?? "");
  const [url, setUrl] = useState(webhook?.url ?? "");
  const [events, setEvents] = useState<CallEventName[]>(webhook?.events ?? ["call.ended"]);
  const [headers, setHeaders] = useState(NO_HEADER_CHANGES);
  const [isWanting, setWanting] = useState(false);
  const save = (): Promise<Answer<Webhook | WebhookWithSecret>> | null => {
    setWanting(events.length === 0);
    if (events.length === 0) return null;
    const patch = headersOf(headers);
    const body = { name, url: url.trim(), events, ...(patch === undefined ? {} : { headers: patch }) };
    return webhook === null
      ? ask<WebhookWithSecret>("POST", WEBHOOKS, body)
      : ask<Webhook>("PATCH", `${WEBHOOKS}/${webhook.uuid}`, body);
  };
  return (
    <ActionDialog
      title={webhook === null ? "New webhook" : `Change ${webhook.name}`}
      confirm={webhook === null ? "Create webhook" : "Save"}
      act={save}
      done={(saved) => `The webhook ${saved.name} is ${webhook === null ? "made" : "changed"}.`}
      onClose={onClose}
    >
      <Field label="Name">
        <input
          required
          maxLength={100}
          autocomplete="off"
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </Field>
      <Field label="URL" hint="https, at a public host. Redirects are not followed.">
        <input
          required
          type="url"
          maxLength={2048}
          autocomplete="off"
          placeholder="https://crm.example.com/hooks/calls"
          value={url}
          onInput={(event) => setUrl(event.currentTarget.value)}
        />
      </Field>
      <Checks
        legend="It is told when"
        options={EVENT_OPTIONS}
        chosen={events}
        onChange={(chosen) => {
          setEvents(chosen);
          setWanting(false);
        }}
      />
      {isWanting ? <ProblemNote problem={NO_EVENT} /> : null}
      <HeaderFields stored={webhook?.header_names ?? []} changes={headers} onChange={setHeaders} />
    </ActionDialog>
  );
}
