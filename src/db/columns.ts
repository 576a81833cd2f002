// Columns that many tables have. Times of business (`started_at` …) are epoch seconds, as the API shows them; see
// .github/decisions.

import { integer, text } from "drizzle-orm/sqlite-core";

export const id = () => text("id").primaryKey();
export const createdAt = () => integer("created_at").notNull();
export const json = (name: string) => text(name);
/** What other rows refer to is hidden, not removed. Null: it is there. */
export const deletedAt = () => integer("deleted_at");
