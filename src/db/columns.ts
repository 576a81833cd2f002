// Columns that many tables have.

import { integer, text } from "drizzle-orm/sqlite-core";

export const id = () => text().primaryKey();
export const createdAt = () => integer().notNull();
export const json = () => text();
/** What other rows refer to is hidden, not removed. Null: it is there. */
export const deletedAt = () => integer();
