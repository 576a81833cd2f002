import type { z } from "zod";
import type { FieldError } from "./problems.ts";

/** A body may be wrong in more ways than anybody reads, and name its fields at any length. */
const MAX_ERRORS = 20;
const MAX_PATH_LENGTH = 100;

/** What is wrong, field by field. @param under where what was parsed stands in the body. */
export function fieldErrors(
  issues: readonly z.core.$ZodIssue[],
  under: readonly string[] = [],
): FieldError[] {
  return issues.flatMap((issue) => errorsOf(issue, under)).slice(0, MAX_ERRORS);
}

function errorsOf(issue: z.core.$ZodIssue, under: readonly string[]): FieldError[] {
  const path = [...under, ...issue.path.map(String)];
  if (issue.code !== "unrecognized_keys") {
    return [{ path: path.join(".").slice(0, MAX_PATH_LENGTH), message: issue.message }];
  }
  return issue.keys.map((key) => ({
    path: [...path, key].join(".").slice(0, MAX_PATH_LENGTH),
    message: "is not a field that is known here",
  }));
}
