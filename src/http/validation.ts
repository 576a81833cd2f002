import type { Context } from "hono";
import type { z } from "zod";
import { fieldErrors } from "../contract/field-errors.ts";
import { problem } from "./problem.ts";

type Validated = { success: true } | { success: false; error: z.core.$ZodError };

/** The hook of every validated route: what was understood but is invalid answers 422, field by field. */
export function refuseInvalid(result: Validated, c: Context): Response | undefined {
  if (result.success) return undefined;
  const errors = fieldErrors(result.error.issues);
  const fields = [...new Set(errors.map((error) => error.path || "the body"))].join(", ");
  return problem(c, { code: "validation_failed", detail: `Please check ${fields}.`, errors });
}

/** For what is checked by hand, after the path's object was found. */
export function refuseField(c: Context, field: string, error: z.core.$ZodError) {
  const errors = error.issues.map(({ message }) => ({ path: field, message }));
  return problem(c, { code: "validation_failed", detail: `Please check ${field}.`, errors });
}
