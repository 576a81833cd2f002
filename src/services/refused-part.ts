import type { z } from "zod";
import { fieldErrors } from "../contract/field-errors.ts";
import type { Refusal } from "../contract/problems.ts";

/** A part of the body that is invalid only once it is merged into what is there. @param field where the part stands. */
export function refusedPart(field: string, error: z.core.$ZodError): Refusal<"validation_failed"> {
  const errors = fieldErrors(error.issues, [field]);
  return { code: "validation_failed", detail: `Please check ${field}.`, errors };
}

/** A field of the body that names something the organisation does not have. */
export function refusedReference(field: string, what: string): Refusal<"validation_failed"> {
  const errors = [{ path: field, message: `there is no such ${what}` }];
  return { code: "validation_failed", detail: `Please check ${field}.`, errors };
}
