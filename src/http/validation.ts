import type { Context } from "hono";
import type { z } from "zod";
import { problem } from "./problem.ts";

type Validated = { success: true } | { success: false; error: z.core.$ZodError };

/** The hook of every validated route: what was understood but is invalid answers 422, field by field. */
export function refuseInvalid(result: Validated, c: Context): Response | undefined {
  if (result.success) return undefined;
  const errors = result.error.issues.map((issue) => ({
    path: issue.path.map(String).join("."),
    message: issue.message,
  }));
  const fields = [...new Set(errors.map((error) => error.path || "the body"))].join(", ");
  return problem(c, { code: "validation_failed", detail: `Please check ${fields}.`, errors });
}
