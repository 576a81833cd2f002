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
const nameSchema = z.string().min(1).max(64);

const summarySchema = z
  .string()
  .transform((text) => oneLine(text, Number.POSITIVE_INFINITY))
  .pipe(z.string().min(1).max(MAX_SUMMARY_LENGTH));

export type ModelAnalysis = z.infer<ReturnType<typeof modelAnalysisSchema>>;

export function modelAnalysisSchema(call: AnalysedCall) {
  const scores = criteriaOf(call).map(({ name }) => [name, z.number().min(0).max(5).nullish()] as const);
  return z.object({
    summary: summarySchema,
    sentiment: z.enum(SENTIMENTS),
    extraction: extractionSchema(call)
      .transform((facts) => cleanObject(facts))
      .refine((facts) => JSON.stringify(facts).length <= MAX_EXTRACTION_LENGTH, "is too long as a whole"),
    qms_scores: z.object(Object.fromEntries(scores)).default({}).transform(withoutNulls),
    opt_out_requested: z.boolean().default(false),
  });
}

/** The facts that the campaign names, and no others; or, if it names none, some that the model finds worth keeping. */
function extractionSchema({ config }: AnalysedCall): z.ZodType<Record<string, unknown>> {
  if (config.extraction.length > 0) {
    const named = config.extraction.map(({ name }) => [name, factSchema.optional()] as const);
    return z.object(Object.fromEntries(named)).default({});
  }
  return z
    .record(nameSchema, factSchema)
    .default({})
    .transform((facts) => Object.fromEntries(Object.entries(facts).slice(0, MAX_FREE_FACTS)));
}

function withoutNulls(scores: Record<string, number | null | undefined>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(scores).flatMap(([name, score]) => (typeof score === "number" ? [[name, score]] : [])),
  );
}
