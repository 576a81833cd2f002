// What a model's analysis may be. What it says beyond that is left out or refused, whoever talked it into it.

import { z } from "zod";
import { SENTIMENTS } from "../../domain/call/status.ts";
import { criteriaOf, type AnalysedCall } from "./analysed-call.ts";
import { cleanObject, cleanText, oneLine } from "./clean.ts";
import { MAX_SUMMARY_LENGTH } from "./summary-rules.ts";

/** Facts that a model may add of its own where the campaign names none. */
export const MAX_FREE_FACTS = 20;
/** What all facts may amount to, in characters of JSON. */
const MAX_EXTRACTION_LENGTH = 65_536;

const textSchema = z.string().max(2_000).transform(cleanText);
const factSchema = z.union([
  textSchema,
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.string().max(500).transform(cleanText)).max(50),
]);
const scoreSchema = z.number().min(0).max(5).nullable();
const MAX_NAME_LENGTH = 64;

const summarySchema = z
  .string()
  .transform((text) => oneLine(text, Number.POSITIVE_INFINITY))
  .pipe(z.string().min(1).max(MAX_SUMMARY_LENGTH));

export type ModelAnalysis = z.infer<ReturnType<typeof modelAnalysisSchema>>;

export function modelAnalysisSchema(call: AnalysedCall) {
  return z.object({
    summary: summarySchema,
    sentiment: z.enum(SENTIMENTS),
    extraction: someOf((names) => factNames(call, names), factSchema)
      .transform((facts) => cleanObject(facts))
      .refine((facts) => JSON.stringify(facts).length <= MAX_EXTRACTION_LENGTH, "is too long as a whole"),
    qms_scores: someOf(() => criteriaOf(call).map(({ name }) => name), scoreSchema).transform(withoutNulls),
    opt_out_requested: z.boolean().optional(),
  });
}

/** The facts that the campaign names, and no others; or, if it names none, some that the model finds worth keeping. */
function factNames({ config }: AnalysedCall, found: readonly string[]): readonly string[] {
  if (config.extraction.length > 0) return config.extraction.map(({ name }) => name);
  return found.filter((name) => name !== "" && name.length <= MAX_NAME_LENGTH).slice(0, MAX_FREE_FACTS);
}

/** An object's own fields of these names, each as it must be: `constructor` is a name like any other. */
function someOf<T extends z.ZodType>(wanted: (found: string[]) => readonly string[], field: T) {
  return z
    .record(z.string(), z.unknown())
    .default({})
    .transform((fields) => {
      const names = wanted(Object.keys(fields));
      return Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
    })
    .pipe(z.record(z.string(), field));
}

function withoutNulls(scores: Record<string, number | null>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(scores).flatMap(([name, score]) => (score === null ? [] : [[name, score]])),
  );
}
