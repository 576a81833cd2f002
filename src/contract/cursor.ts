// The cursor of a list, newest first: the entry that a page ended with, by its time and id. Opaque to clients.

import { z } from "zod";
import { isId, type IdKind } from "../lib/ids.ts";

/** The entry after which a page begins. `at` is the time that the list is sorted by, in epoch seconds. */
export type Cursor = { at: number; id: string };

const MAX_LENGTH = 200;

/** A list's `cursor` as text; reads it. */
export function cursorSchema(kind: IdKind) {
  return z
    .string()
    .max(MAX_LENGTH)
    .transform((text, context): Cursor => {
      const cursor = readCursor(text, kind);
      if (cursor !== null) return cursor;
      context.addIssue({ code: "custom", message: "must be a next_cursor of this list" });
      return z.NEVER;
    });
}

/** Only ids go in, so none of base64's letters needs escaping in a query. */
export function writeCursor({ at, id }: Cursor): string {
  return btoa(JSON.stringify([at, id])).replaceAll("=", "");
}

const positionSchema = z.tuple([z.number().int().nonnegative(), z.string()]);

function readCursor(text: string, kind: IdKind): Cursor | null {
  try {
    const [at, id] = positionSchema.parse(JSON.parse(atob(text)));
    return isId(kind, id) ? { at, id } : null;
  } catch {
    return null;
  }
}
