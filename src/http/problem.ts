// Every refusal leaves the Worker as RFC 9457 `application/problem+json`.

import type { Context, TypedResponse } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";
import type { ServiceContext } from "../services/context.ts";
import { PROBLEM_CODES, PROBLEMS, type ProblemCode, type Refusal } from "../contract/problems.ts";

export const problemSchema = z
  .object({
    type: z.string().meta({ format: "uri-reference", description: "The address of the code's page." }),
    title: z.string().meta({ description: "The code in plain words." }),
    status: z.int(),
    detail: z.string().meta({ description: "What happened, in one plain sentence." }),
    code: z.enum(PROBLEM_CODES).meta({ description: "What to branch on; the list is closed." }),
    request_id: z.string(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: "What is wrong, field by field." }),
  })
  .meta({ id: "Problem", description: "A refusal (RFC 9457)." });
type Problem = z.infer<typeof problemSchema>;
export type ProblemOf<C extends ProblemCode> = Problem & { code: C };

/** Typed by status and code, so that a route can't answer a refusal that its contract does not name. */
type ProblemResponse<C extends ProblemCode> = C extends ProblemCode
  ? Response & TypedResponse<ProblemOf<C>, (typeof PROBLEMS)[C]["status"], "json">
  : never;

export function problem<C extends ProblemCode>(
  c: Context,
  refusal: Refusal<C>,
  headers: Record<string, string> = {},
): ProblemResponse<C> {
  const { status, title } = PROBLEMS[refusal.code];
  const body: Problem = {
    type: problemType(c, refusal.code),
    title,
    status,
    detail: refusal.detail,
    code: refusal.code,
    request_id: String(c.get("requestId")),
    ...(refusal.errors === undefined ? {} : { errors: refusal.errors }),
  };
  const response = c.json(body, status satisfies ContentfulStatusCode, {
    ...headers,
    "content-type": "application/problem+json",
  });
  // The status in the type is the one that the code stands for in PROBLEMS, read two lines above.
  return response as ProblemResponse<C>;
}

/** Absolute, as RFC 9457 recommends; relative where the deployment's settings could not be read. */
function problemType(c: Context, code: ProblemCode): string {
  const services: ServiceContext | undefined = c.get("services");
  return `${services?.config.PUBLIC_BASE_URL ?? ""}/problems/${code}`;
}

/** For an id in a path that is of the wrong kind or form, or of another organisation: all the same. */
export function notFound(c: Context, what: string): ProblemResponse<"not_found"> {
  return problem(c, { code: "not_found", detail: `There is no such ${what}.` });
}
