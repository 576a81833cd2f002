import type { ChangeOrganisationInput, Organisation } from "../../contract/organisation.ts";
import type { Refusal } from "../../contract/problems.ts";
import { readOrganisation, updateOrganisation, type StoredModel } from "../../db/organisations.ts";
import { isSameOrigin } from "../../domain/base-url.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { seal } from "../../lib/sealing.ts";
import { acceptBaseUrl } from "../base-url.ts";
import type { OrgContext } from "../context.ts";
import { toOrganisation } from "./read-organisation.ts";

type Invalid = Refusal<"validation_failed">;
type ModelInput = NonNullable<ChangeOrganisationInput["model"]>;

/** Merges the change into the organisation. Calls that live go on with what they began with. */
export async function changeOrganisation(
  context: OrgContext,
  input: ChangeOrganisationInput,
): Promise<Result<Organisation, Invalid>> {
  const { db, orgId } = context;
  const change = {
    ...(input.name === undefined ? {} : { name: input.name }),
    ...(input.allowed_countries === undefined ? {} : { allowedCountries: input.allowed_countries }),
    ...(input.recordings_at_carrier === undefined
      ? {}
      : { recordingsAtCarrier: input.recordings_at_carrier }),
  };
  for (;;) {
    const model = await mergeModel(context, input.model);
    if (!model.ok) return model;
    const updated = await updateOrganisation(db, orgId, change, model.value);
    if (updated !== null) return ok(toOrganisation(updated));
    // Somebody else changed the model meanwhile: the change is merged into what it is now.
  }
}

const NO_MODEL: StoredModel = { modelBaseUrl: null, modelName: null, modelKeyEncrypted: null };

/** What the model was and is to be; undefined where it stays, whatever it is. */
async function mergeModel(
  context: OrgContext,
  input: ModelInput | null | undefined,
): Promise<Result<{ before: StoredModel; after: StoredModel } | undefined, Invalid>> {
  if (input === undefined) return ok(undefined);
  const { modelBaseUrl, modelName, modelKeyEncrypted } = await readOrganisation(context.db, context.orgId);
  const before = { modelBaseUrl, modelName, modelKeyEncrypted };
  if (input === null) return ok({ before, after: NO_MODEL });
  const address =
    input.base_url === undefined
      ? ok(modelBaseUrl)
      : acceptBaseUrl("model.base_url", input.base_url, context.config);
  if (!address.ok) return address;
  const after = { modelBaseUrl: address.value, modelName: input.model ?? modelName };
  const missing = [
    ...(after.modelBaseUrl === null ? ["model.base_url"] : []),
    ...(after.modelName === null ? ["model.model"] : []),
  ];
  if (missing.length > 0) {
    const errors = missing.map((path) => ({ path, message: "is required with a model" }));
    return err({ code: "validation_failed", detail: `Please check ${missing.join(", ")}.`, errors });
  }
  return ok({ before, after: { ...after, modelKeyEncrypted: await keyFor(context, before, after, input) } });
}

/** A stored key is for the host that it was given for, so it does not follow the model to another. */
async function keyFor(
  { config, orgId }: OrgContext,
  before: StoredModel,
  after: Pick<StoredModel, "modelBaseUrl">,
  { api_key: apiKey }: ModelInput,
): Promise<string | null> {
  if (apiKey === null) return null;
  if (apiKey !== undefined) return seal(config.CREDENTIALS_KEY, apiKey, orgId);
  const { modelBaseUrl: from } = before;
  const { modelBaseUrl: to } = after;
  return from !== null && to !== null && isSameOrigin(from, to) ? before.modelKeyEncrypted : null;
}
