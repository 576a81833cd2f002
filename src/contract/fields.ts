// Fields that many shapes have.

import { z } from "zod";

/** One line of text without control characters, which would reach prompts, speech and logs. */
export const lineSchema = (maxLength: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, "must not contain control characters or lone surrogates");

/** Text of many lines. */
export const textSchema = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .regex(
      /^(?:[^\p{Cc}\p{Cs}]|[\n\r\t])*$/u,
      "must not contain control characters but line ends and tabs, nor lone surrogates",
    );

/** ISO 8601 in UTC, whole seconds. */
export const timeSchema = z.string().meta({ format: "date-time", example: "2026-05-12T14:32:01Z" });

/** A language as BCP 47 names it, in its canonical spelling: `pt-br` is read as `pt-BR`. */
export const languageTagSchema = z
  .string()
  .max(35)
  .transform((text, context) => {
    const tag = canonicalTag(text);
    if (tag !== null) return tag;
    context.addIssue({ code: "custom", message: "must be a BCP 47 language tag, like en or pt-BR" });
    return z.NEVER;
  })
  .meta({ example: "en-US" });

function canonicalTag(text: string): string | null {
  try {
    return Intl.getCanonicalLocales(text)[0] ?? null;
  } catch {
    return null;
  }
}
