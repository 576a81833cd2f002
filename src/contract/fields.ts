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
