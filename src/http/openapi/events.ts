// What we send ourselves, for the `webhooks` section of the document: one request for each event.

import { callEventSchema } from "../../contract/call-events.ts";
import { CALL_EVENTS, type CallEventName } from "../../domain/webhook.ts";
import { PARAMETERS } from "./headers.ts";
import type { Json, SchemaComponents } from "./json-schema.ts";

const WHEN: Record<CallEventName, string> = {
  "call.started": "A person answered, or an inbound call was answered",
  "call.ended": "The call has ended: outcome and transcript are known",
  "call.no_answer": "Nobody answered (sent besides `call.ended`)",
  "call.voicemail": "A machine answered (sent besides `call.ended`)",
  "call.transferred": "It is known what came of a transfer to a human agent",
  "call.analyzed": "Summary, sentiment and details are written",
  "call.recording_ready": "The recording can be fetched",
};

const DESCRIPTION = `
Sent to each active webhook that is subscribed to it, at least once, and signed as Standard Webhooks has it
(https://www.standardwebhooks.com): over \`{webhook-id}.{webhook-timestamp}.{body}\`, the body as it came. Events of one
call may arrive out of order; \`data.seq\` tells their order.
`.trim();

const sent = { in: "header", required: true } as const;
const HEADERS = [
  {
    ...sent,
    name: "webhook-id",
    description: "The event's id, the same for every try: by it you know what you have had.",
    schema: { type: "string" },
    example: "evt_01k4v4n5r7f0a9d8c3b2e1h6jm",
  },
  {
    ...sent,
    name: "webhook-timestamp",
    description: "When this try was made, in seconds since 1970. Refuse what is more than five minutes off.",
    schema: { type: "string", pattern: "^\\d+$" },
    example: "1778596321",
  },
  {
    ...sent,
    name: "webhook-signature",
    description:
      "`v1,` and the base64 of an HMAC-SHA256; after a rotation one for each of the two secrets, with a space between. One that fits is enough.",
    schema: { type: "string" },
    example: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  },
];

const BOOKMARK = {
  ...PARAMETERS["Trunkline-Bookmark"],
  description: "Send it with a read, which then shows what the event says.",
};

const RESPONSES = {
  "2XX": { description: "Taken. What else you answer is not looked at." },
  "410": { description: "The receiver is gone for good: the webhook is paused." },
  default: {
    description:
      "Not taken, as are redirects and what takes longer than 15 seconds: sent again, ten times in all over three days. `Retry-After` is heeded.",
  },
};

/** By event, as path items. */
export function describeEvents(tag: string, shapes: SchemaComponents): Record<string, Json> {
  const event = shapes.toSchema(callEventSchema, "output");
  return Object.fromEntries(
    CALL_EVENTS.map((name) => {
      const ofThisName = { type: "object", properties: { event: { const: name } } };
      const operation = {
        operationId: `on${name.replaceAll(/(?:^|[._])(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
        summary: WHEN[name],
        description: DESCRIPTION,
        tags: [tag],
        security: [],
        parameters: [...HEADERS, BOOKMARK],
        requestBody: {
          required: true,
          content: { "application/json": { schema: { allOf: [event, ofThisName] } } },
        },
        responses: RESPONSES,
      };
      return [name, { post: operation }];
    }),
  );
}
