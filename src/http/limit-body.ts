import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { AppEnv } from "./env.ts";
import { problem } from "./problem.ts";

/** @param maxBytes a longer body is refused, whether its length was announced or not. */
export function limitBody(maxBytes: number): MiddlewareHandler<AppEnv> {
  return bodyLimit({
    maxSize: maxBytes,
    onError: (c) =>
      problem(c, { code: "payload_too_large", detail: `The body may have at most ${maxBytes} bytes.` }),
  });
}
