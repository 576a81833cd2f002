// Every refusal leaves the Worker as RFC 9457 `application/problem+json`.

import type { Context, TypedResponse } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";
import { PROBLEMS, type ProblemCode, type Refusal } from "../contract/problems.ts";

export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
  request_id: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
type Problem = z.infer<typeof problemSchema>;

/** Typed by status, so that a route can't answer a refusal that its contract does not name. */
type ProblemResponse<C extends ProblemCode> = C extends ProblemCode
  ? Response & TypedResponse<Problem, (typeof PROBLEMS)[C]["status"], "json">
  : never;

export function problem<C extends ProblemCode>(
  c: Context,
  refusal: Refusal<C>,
  headers: Record<string, string> = {},
): ProblemResponse<C> {
  const { status, title } = PROBLEMS[refusal.code];
  const body: Problem = {
    type: "about:blank",
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

/** For an id in a path that is of the wrong kind or form, or of another organisation: all the same. */
export function notFound(c: Context, what: string): ProblemResponse<"not_found"> {
  return problem(c, { code: "not_found", detail: `There is no such ${what}.` });
}

/** The refusals that a route may answer, for its contract. */
export function refusals<const S extends number>(...statuses: S[]) {
  const content = { "application/problem+json": { schema: problemSchema } };
  const entries = statuses.map((status) => [status, { description: "Refused", content }] as const);
  // `fromEntries` forgets which keys there are; they are exactly `statuses`.
  return Object.fromEntries(entries) as Record<S, { description: string; content: typeof content }>;
}
