import type { Context } from "hono";
import type { z } from "zod";
import { problem } from "./problem.ts";

type Validated = { success: true } | { success: false; error: z.core.$ZodError };

/** The hook of every validated route: what was understood but is invalid answers 422, field by field. */
export function refuseInvalid(result: Validated, c: Context): Response | undefined {
  if (result.success) return undefined;
  const errors = result.error.issues.flatMap(fieldErrors).slice(0, MAX_ERRORS);
  const fields = [...new Set(errors.map((error) => error.path || "the body"))].join(", ");
  return problem(c, { code: "validation_failed", detail: `Please check ${fields}.`, errors });
}

/** For what is checked by hand, after the path's object was found. */
export function refuseField(c: Context, field: string, error: z.core.$ZodError) {
  const errors = error.issues.map(({ message }) => ({ path: field, message }));
  return problem(c, { code: "validation_failed", detail: `Please check ${field}.`, errors });
}

/** A body may be wrong in more ways than anybody reads, and name its fields at any length. */
const MAX_ERRORS = 20;
const MAX_PATH_LENGTH = 100;

function fieldErrors(issue: z.core.$ZodIssue): { path: string; message: string }[] {
  const path = issue.path.map(String);
  if (issue.code !== "unrecognized_keys") {
    return [{ path: path.join(".").slice(0, MAX_PATH_LENGTH), message: issue.message }];
  }
  return issue.keys.map((key) => ({
    path: [...path, key].join(".").slice(0, MAX_PATH_LENGTH),
    message: "is not a field that is known here",
  }));
}
