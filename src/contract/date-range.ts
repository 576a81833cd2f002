// `date_from` and `date_to` of lists and statistics: an ISO 8601 date or date-time. A date-time without an offset is UTC.

import { z } from "zod";
import type { Span } from "../domain/time-cover.ts";

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:\d{2})?$/;

const DAY_SECONDS = 86_400;

/** From a moment, itself included. */
const fromSchema = momentSchema(({ seconds }) => Math.ceil(seconds));
/** Up to a moment, itself included; a bare date is meant to its end. */
const toSchema = momentSchema(({ seconds, isDate }) =>
  isDate ? seconds + DAY_SECONDS : Math.floor(seconds) + 1,
);

export const dateRangeShape = {
  date_from: fromSchema
    .optional()
    .meta({ description: "From this ISO 8601 date or date-time on.", example: "2026-05-01" }),
  date_to: toSchema.optional().meta({
    description: "Up to it; a date is meant with its whole day (UTC).",
    example: "2026-05-12T14:32:01Z",
  }),
};

/** The span of seconds that is meant, its end excluded. */
export function spanOf(range: { date_from?: number | undefined; date_to?: number | undefined }): Span {
  return { from: range.date_from ?? null, to: range.date_to ?? null };
}

function momentSchema(toEpochSeconds: (moment: { seconds: number; isDate: boolean }) => number) {
  return z.string().transform((text, context) => {
    const seconds = parseMoment(text);
    if (seconds !== null) return toEpochSeconds({ seconds, isDate: DATE.test(text) });
    const message = "must be an ISO 8601 date or date-time, like 2026-05-12 or 2026-05-12T14:32:01Z";
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  });
}

/** Epoch seconds; null for what is no date, such as the 30th of February. */
function parseMoment(text: string): number | null {
  const isDate = DATE.test(text);
  const dateTime = DATE_TIME.exec(text);
  if (!isDate && dateTime === null) return null;
  const day = text.slice(0, 10);
  const midnight = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return null;
  if (isDate) return midnight / 1000;
  const zone = dateTime?.[3] === undefined ? "Z" : "";
  const milliseconds = Date.parse(`${text.replace(" ", "T")}${zone}`.toUpperCase());
  return Number.isNaN(milliseconds) ? null : milliseconds / 1000;
}
