import { z } from "zod";
import { findOperation, misfitsOf } from "../../telephony/twilio-document.ts";
import type { Exchange } from "./sandbox-client.ts";

/** Twilio's error document. https://www.twilio.com/docs/api/errors */
const refusal = z.strictObject({
  code: z.number().int(),
  message: z.string().min(1),
  more_info: z.string(),
  status: z.number().int(),
});

/** In what an answer is none that Twilio's own document describes. */
export function answerMisfits({ method, path, status, body }: Exchange): string[] {
  const found = findOperation(method, path);
  const at = found?.operation.operationId ?? `${method} ${path}`;
  if (status >= 400) {
    const read = refusal.safeParse(body);
    if (!read.success) return [`${at} is refused without Twilio's error document`];
    const { code, more_info: moreInfo } = read.data;
    const fits = read.data.status === status && moreInfo === `https://www.twilio.com/docs/errors/${code}`;
    return fits ? [] : [`${at} is refused with ${JSON.stringify(body)}`];
  }
  if (found === undefined) return [`${at} is unknown`];
  const described = found.operation.responses[status];
  if (described === undefined) return [`${at} answers ${status}`];
  const schema = described.content?.["application/json"]?.schema;
  if (schema === undefined) return body === "" ? [] : [`${at} has a body`];
  return misfitsOf(schema, body, at);
}
