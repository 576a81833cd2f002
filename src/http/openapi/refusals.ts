// What a route may refuse, as answers of the published contract: one shared answer for each set of codes.

import { ADVICE, PROBLEM_CODES, PROBLEMS, type ProblemCode } from "../../contract/problems.ts";
import type { z } from "zod";
import type { ProblemOf } from "../problem.ts";
import { headersOf } from "./headers.ts";
import type { Json } from "./json-schema.ts";

/** A status stands for all its codes that are any route's. */
export type Refuses = ProblemCode | number;
type Code<Status> = {
  [C in ProblemCode]: (typeof PROBLEMS)[C]["status"] extends Status ? C : never;
}[ProblemCode];
export type CodeOf<R extends Refuses> = R extends ProblemCode ? R : Code<R>;
/** By status, with the codes that are meant. */
export type Refusals<C extends ProblemCode> = {
  [S in (typeof PROBLEMS)[C]["status"]]: {
    description: string;
    content: { "application/problem+json": { schema: z.ZodType<ProblemOf<C & Code<S>>> } };
  };
};

/** Of some routes only: who may answer these says so by the code. */
const SPECIAL: readonly ProblemCode[] = [
  "bad_request",
  "bad_signature",
  "idempotency_in_progress",
  "idempotency_key_reused",
];

export function codesOf(refuses: readonly Refuses[]): ProblemCode[] {
  const codes = refuses.flatMap((one) =>
    typeof one === "number"
      ? PROBLEM_CODES.filter((code) => PROBLEMS[code].status === one && !SPECIAL.includes(code))
      : [one],
  );
  return PROBLEM_CODES.filter((code) => codes.includes(code));
}

/** By status. Those of a route without a key are written out, the others are shared. */
export function refusalResponses(codes: readonly ProblemCode[], keyed: boolean): Record<string, Json> {
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, ofStatus]) => [
      status,
      keyed ? { $ref: `${REF}${ofStatus.join(".")}` } : refusalResponse(ofStatus, false),
    ]),
  );
}

const REF = "#/components/responses/";

/** The shared answer that a reference means. */
export function sharedRefusal(ref: string): [name: string, response: Json] | null {
  if (!ref.startsWith(REF)) return null;
  const name = ref.slice(REF.length);
  const codes = PROBLEM_CODES.filter((code) => name.split(".").includes(code));
  return [name, refusalResponse(codes, true)];
}

function refusalResponse(codes: readonly ProblemCode[], keyed: boolean): Json {
  const [first = "internal_error"] = codes;
  const { status } = PROBLEMS[first];
  const isPost = codes.includes("idempotency_in_progress");
  const titles = codes.map((code) => `- \`${code}\`: ${PROBLEMS[code].title}.`);
  const ofThese = { type: "object", properties: { code: { enum: codes }, status: { const: status } } };
  return {
    description: `${ADVICE[status]}\n\n${titles.join("\n")}`,
    headers: headersOf(status, { keyed, isPost }),
    content: {
      "application/problem+json": {
        schema: { allOf: [{ $ref: "#/components/schemas/Problem" }, ofThese] },
        examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
      },
    },
  };
}

export function problemExamples(baseUrl: string): Record<string, Json> {
  return Object.fromEntries(
    PROBLEM_CODES.map((code) => [code, { summary: PROBLEMS[code].title, value: exampleOf(code, baseUrl) }]),
  );
}

function exampleOf(code: ProblemCode, baseUrl: string): Json {
  const { status, title } = PROBLEMS[code];
  return {
    type: `${baseUrl}/problems/${code}`,
    title,
    status,
    detail: `${title}.`,
    code,
    request_id: "0f9a3d1e-6a0b-4c69-9d7c-2f6f1f0f6d0a",
    ...(code === "validation_failed" && { errors: [{ path: "name", message: "must not be empty" }] }),
  };
}
