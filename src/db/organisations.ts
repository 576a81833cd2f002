import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "./client.ts";
import { organisations } from "./schema.ts";

type StoredOrganisation = typeof organisations.$inferSelect;
export type OrganisationRow = ReturnType<typeof toRow>;

/** Its model's key is still sealed. */
export type StoredModel = Pick<StoredOrganisation, "modelBaseUrl" | "modelName" | "modelKeyEncrypted">;

export type OrganisationChange = Partial<Pick<StoredOrganisation, "name" | "recordingsAtCarrier">> & {
  allowedCountries?: string[] | null;
};

const countriesSchema = z.array(z.string());

export async function readOrganisation(db: Db, orgId: string): Promise<OrganisationRow> {
  const row = await db.select().from(organisations).where(eq(organisations.id, orgId)).get();
  if (row === undefined) throw new Error("A key without its organisation");
  return toRow(row);
}

/** Null if the model was changed meanwhile. @param model what it becomes, and what it was; without, it is left alone. */
export async function updateOrganisation(
  db: Db,
  orgId: string,
  { allowedCountries, ...change }: OrganisationChange,
  model?: { before: StoredModel; after: StoredModel },
): Promise<OrganisationRow | null> {
  const row = await db
    .update(organisations)
    .set({
      // A change of nothing needs a column too.
      name: sql`name`,
      ...change,
      ...model?.after,
      ...(allowedCountries === undefined
        ? {}
        : { allowedCountries: allowedCountries && JSON.stringify(allowedCountries) }),
    })
    .where(and(eq(organisations.id, orgId), model && isAsRead(model.before)))
    .returning()
    .get();
  return row === undefined ? null : toRow(row);
}

function isAsRead({ modelBaseUrl, modelName, modelKeyEncrypted }: StoredModel) {
  return sql`model_base_url IS ${modelBaseUrl} AND model_name IS ${modelName} AND model_key_encrypted IS ${modelKeyEncrypted}`;
}

function toRow({ allowedCountries, ...row }: StoredOrganisation) {
  return {
    ...row,
    allowedCountries: allowedCountries === null ? null : countriesSchema.parse(JSON.parse(allowedCountries)),
  };
}
