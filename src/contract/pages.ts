// Pages of lists that are read by `limit` and `offset`.

import { z } from "zod";

export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(min).max(max));

/** The farthest that `offset` reaches. */
export const MAX_OFFSET = 1_000_000;

export const pageShape = {
  limit: wholeNumber(1, 100).default(50).meta({ description: "At most so many, 1 to 100" }),
  offset: wholeNumber(0, MAX_OFFSET).default(0).meta({ description: "How many to skip" }),
};

export const pageSchema = z.object(pageShape);
export type Page = z.infer<typeof pageSchema>;

/** `total`: how many there are in all that match. */
export const totalSchema = z.int().min(0).meta({ description: "How many match, in all." });
