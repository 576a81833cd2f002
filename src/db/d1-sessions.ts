// Which copy of the database answers a request: any that is new enough, or the primary, which is written to.

import { openDb, type Db } from "./client.ts";

/** `bookmark`: how far the database had come when it last answered; null before it has. */
export type DbSession = { db: Db; bookmark: () => string | null };

/** For reads: any copy answers that has come as far as the bookmark, and without one any. No answer is older than the one before. */
export function openNear(d1: D1Database, bookmark: string | null): DbSession {
  const session = d1.withSession(bookmark ?? "first-unconstrained");
  return { db: openDb(session), bookmark: () => session.getBookmark() };
}

/**
 * For changes, and for what must not be old. Only the first statement of a session is sure to be answered by the primary,
 * so each begins one.
 */
export function openAtPrimary(d1: D1Database): DbSession {
  const sessions: D1DatabaseSession[] = [];
  const begin = () => {
    const session = d1.withSession("first-primary");
    sessions.push(session);
    return session;
  };
  const db = openDb({
    prepare: (query) => begin().prepare(query),
    batch: (statements) => begin().batch(statements),
  });
  return { db, bookmark: () => newestOf(sessions.map((session) => session.getBookmark())) };
}

/** Bookmarks sort as text, the oldest first. */
function newestOf(bookmarks: readonly (string | null)[]): string | null {
  return bookmarks.reduce((newest, one) => (one === null || (newest ?? "") > one ? newest : one), null);
}

/** As D1 writes them: groups of hexadecimal digits. It has no word for what else a client may send, `first-primary` among it. */
const BOOKMARK = /^[\da-f]{1,64}(-[\da-f]{1,64}){1,7}$/;

export function isBookmark(text: string): boolean {
  return BOOKMARK.test(text);
}
