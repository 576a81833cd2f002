import { pruneDeadLetters as pruneStored } from "../../db/dead-letters.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import type { ServiceContext } from "../context.ts";

export const LETTERS_KEPT_SECONDS = 7 * 86_400;
const AT_ONCE = 1_000;

/** Forgets old dead letters; what is left of them waits for the next minute. */
export async function pruneDeadLetters({ db }: Pick<ServiceContext, "db">): Promise<void> {
  await pruneStored(db, toEpochSeconds(Date.now()) - LETTERS_KEPT_SECONDS, AT_ONCE);
}
