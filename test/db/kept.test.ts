import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDb } from "../../src/db/client.ts";
import { ask, keepShapes } from "../../src/db/kept.ts";
import { apiKeys } from "../../src/db/schema.ts";
import { createOrganisation } from "../support/organisation.ts";

test("of more shapes than are kept each says its own, with the values of whoever asks", async () => {
  const [one, other] = [await createOrganisation(), await createOrganisation()];
  const kept = keepShapes(
    (db, { said, orgId }: { said: number; orgId: ReturnType<typeof sql.placeholder> }) =>
      db
        .selectDistinct({ said: sql<number>`${said}`, orgId: apiKeys.orgId })
        .from(apiKeys)
        .where(sql`${apiKeys.orgId} = ${orgId}`),
  );
  const db = openDb(env.DB);
  for (let said = 0; said < 450; said += 1) {
    for (const { orgId } of [one, other]) {
      const statement = kept({ said: said % 225, orgId: sql.placeholder("orgId") }).given({ orgId });
      expect(await ask(db, statement)).toEqual([{ said: said % 225, orgId }]);
    }
  }
});
