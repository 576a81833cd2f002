// Twilio's error answer: `{ code, message, more_info, status }`. https://www.twilio.com/docs/api/errors

import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Refusal } from "./form-fields.ts";

export class TwilioError extends HTTPException {
  readonly code: number;

  constructor(status: ContentfulStatusCode, code: number, message: string) {
    super(status, { message });
    this.code = code;
  }
}

export function errorBody({ status, code, message }: TwilioError) {
  return { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status };
}

export function notFound(path: string): TwilioError {
  return new TwilioError(404, 20404, `The requested resource ${path} was not found`);
}

/** A request that was understood and is wrong. */
export function refused({ code, message }: Refusal): TwilioError {
  return new TwilioError(400, code, message);
}
