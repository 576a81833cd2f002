// Queues of people who take calls over, and the people in them.

import { z } from "zod";
import { ACCEPT_MODES, PRESENCES } from "../domain/human-queue.ts";
import { QUEUE_NAME } from "../domain/queue-name.ts";
import { e164Schema } from "./calls.ts";
import { lineSchema, timeSchema } from "./fields.ts";
import { pageSchema, totalSchema } from "./pages.ts";

export const queueNameSchema = z
  .string()
  .regex(QUEUE_NAME, "must be lower-case letters, digits, _ and -, at most 64 of them, like sales_specialist")
  .meta({ example: "sales_specialist" });

const acceptSchema = z.enum(ACCEPT_MODES).meta({
  description: "How a person takes a call: by a key pressed after the brief, or by picking up",
});

export const createQueueSchema = z.strictObject({
  name: queueNameSchema.meta({ description: "What workflows and agents call it; fixed" }),
  accept: acceptSchema.default("key"),
});
export type CreateQueueInput = z.infer<typeof createQueueSchema>;

export const changeQueueSchema = z.strictObject({ accept: acceptSchema.optional() });
export type ChangeQueueInput = z.infer<typeof changeQueueSchema>;

export const queueSchema = z
  .object({ uuid: z.string(), name: queueNameSchema, accept: acceptSchema, created_at: timeSchema })
  .meta({ id: "Queue" });
export type Queue = z.infer<typeof queueSchema>;

export const listQueuesSchema = pageSchema;
export const queueListSchema = z.object({ queues: z.array(queueSchema), total: totalSchema });

/** `user@host`, a port, parameters: what a carrier can ring. Headers (`?…`) and passwords are no part of it. */
const SIP_ADDRESS =
  /^sips?:[\w.!~*'()&=+$,/%-]+@(?:[a-z\d](?:[a-z\d.-]*[a-z\d])?|\[[\da-f:.]+\])(?::(\d{1,5}))?(?:;[\w.!~*'()%+[\]/:&$-]+(?:=[\w.!~*'()%+[\]/:&$-]+)?)*$/i;

export const sipSchema = z
  .string()
  .max(255)
  .refine(isSipAddress, "must be a SIP address like sip:jo@pbx.example.com, without headers")
  .meta({ example: "sip:jo@pbx.example.com" });

function isSipAddress(text: string): boolean {
  const match = SIP_ADDRESS.exec(text);
  if (match === null) return false;
  const port = match[1];
  return port === undefined || (Number(port) >= 1 && Number(port) <= 65_535);
}

const humanShape = {
  name: lineSchema(100).meta({ example: "Jo Park" }),
  phone: e164Schema.nullable().meta({ example: "+14155550123" }),
  sip: sipSchema.nullable(),
  presence: z.enum(PRESENCES).meta({ description: "Only who is available is offered calls" }),
};

type Addressed = { phone?: string | null | undefined; sip?: string | null | undefined };
const ONE_ADDRESS = { path: ["phone"], message: "exactly one of phone and sip must be given" };

export const createHumanSchema = z
  .strictObject({
    name: humanShape.name,
    phone: humanShape.phone.default(null),
    sip: humanShape.sip.default(null),
    presence: humanShape.presence.default("offline"),
  })
  .refine(({ phone, sip }: Addressed) => (phone === null) !== (sip === null), ONE_ADDRESS);
export type CreateHumanInput = z.infer<typeof createHumanSchema>;

/** A merge patch; a new address of either kind takes the place of the one before. */
export const changeHumanSchema = z
  .strictObject(humanShape)
  .partial()
  .refine(({ phone, sip }: Addressed) => typeof phone !== "string" || typeof sip !== "string", ONE_ADDRESS)
  .refine(({ phone, sip }: Addressed) => phone !== null || sip !== null, ONE_ADDRESS);
export type ChangeHumanInput = z.infer<typeof changeHumanSchema>;

export const humanSchema = z
  .object({
    uuid: z.string(),
    queue: queueNameSchema,
    ...humanShape,
    is_in_call: z.boolean().meta({ description: "A call is being offered to them, or they talk to one" }),
    created_at: timeSchema,
  })
  .meta({ id: "HumanAgent" });
export type Human = z.infer<typeof humanSchema>;

export const listHumansSchema = pageSchema;
export const humanListSchema = z.object({ agents: z.array(humanSchema), total: totalSchema });

/** Contract A11. */
export const availabilityQuerySchema = z.object({
  target: z.string().min(1).meta({ description: "A queue's name", example: "sales_specialist" }),
});

export const availabilitySchema = z
  .object({
    target: z.string(),
    available: z.boolean().meta({ description: "Somebody could be offered a call now" }),
    queue_depth: z.int().min(0).meta({
      description: "How many calls are waiting for the queue or are being offered to it",
      example: 2,
    }),
    checked_at: timeSchema,
  })
  .meta({ id: "AgentAvailability" });
export type Availability = z.infer<typeof availabilitySchema>;
