import type {
  Carrier,
  ChangeCarrierInput,
  CreateCarrierInput,
  CreatedCarrier,
} from "../../contract/carrier-accounts.ts";
import type { Refusal } from "../../contract/problems.ts";
import {
  deleteCarrier as deleteStored,
  insertCarrier,
  updateCarrier,
  type CarrierRow,
  type NewNumber,
} from "../../db/carrier-accounts.ts";
import { isSameOrigin } from "../../domain/base-url.ts";
import { parsePhone } from "../../domain/phone.ts";
import { accountToken } from "../../lib/account-token.ts";
import { toHex } from "../../lib/crypto.ts";
import { newId } from "../../lib/ids.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { seal } from "../../lib/sealing.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import { ownAddressOf } from "../../telephony/registry.ts";
import { acceptBaseUrl } from "../base-url.ts";
import type { OrgContext } from "../context.ts";
import { toCarrier } from "./read-carriers.ts";

type Invalid = Refusal<"validation_failed">;

export async function createCarrier(
  context: OrgContext,
  input: CreateCarrierInput,
): Promise<Result<CreatedCarrier, Invalid>> {
  const { db, orgId, config } = context;
  const address = acceptAddress(context, input.api_base_url);
  if (!address.ok) return address;
  const credentials = await credentialsOf(context, input);
  if (!credentials.ok) return credentials;
  const { accountSid, authToken, isOurs } = credentials.value;
  const id = newId("carrier");
  const row = {
    id,
    orgId,
    kind: input.kind,
    name: input.name,
    accountSid,
    apiBaseUrl: address.value,
    callsPerSecond: input.calls_per_second,
    maxConcurrent: input.max_concurrent,
    createdAt: toEpochSeconds(Date.now()),
  };
  const authTokenEncrypted = await seal(config.CREDENTIALS_KEY, authToken, id);
  await insertCarrier(db, { ...row, authTokenEncrypted }, toNumbers(input.numbers));
  const carrier = toCarrier({ ...row, numbers: input.numbers.toSorted() }, config);
  return ok({ ...carrier, auth_token: isOurs ? authToken : null });
}

/** Calls that live keep the account as it was when they began. */
export async function changeCarrier(
  context: OrgContext,
  carrier: CarrierRow,
  input: ChangeCarrierInput,
): Promise<Result<Carrier, Refusal<"validation_failed" | "in_use" | "not_found">>> {
  const { db, config } = context;
  const address = acceptAddress(context, input.api_base_url);
  if (!address.ok) return address;
  const keepsToken = input.auth_token === undefined;
  if (keepsToken && address.value !== undefined && !mayGetToken(context, carrier, address.value)) {
    return err(invalid("auth_token", "must be given anew with an api_base_url at another host"));
  }
  const changed = await updateCarrier(db, carrier, {
    set: await columnsOf(context, carrier.id, { ...input, api_base_url: address.value }),
    numbers: input.numbers === undefined ? null : toNumbers(input.numbers),
    ifAddressIsAsRead: keepsToken && address.value !== undefined,
    nowSeconds: toEpochSeconds(Date.now()),
  });
  switch (changed.kind) {
    case "changed":
      return ok(toCarrier(changed.carrier, config));
    case "moved":
      return changeCarrier(context, changed.carrier, input);
    case "number_in_use":
      return err({ code: "in_use", detail: "A campaign has a number that would be removed." });
    case "gone":
      return err(NOT_FOUND);
  }
}

export async function deleteCarrier(
  { db }: OrgContext,
  carrier: CarrierRow,
): Promise<Result<null, Refusal<"in_use" | "not_found">>> {
  const result = await deleteStored(db, carrier, toEpochSeconds(Date.now()));
  switch (result) {
    case "deleted":
      return ok(null);
    case "has_campaign":
      return err({ code: "in_use", detail: "A campaign has this carrier account." });
    case "has_call":
      return err({ code: "in_use", detail: "A call of this carrier account has not ended." });
    case "gone":
      return err(NOT_FOUND);
  }
}

const NOT_FOUND = { code: "not_found", detail: "There is no such carrier account." } as const;

type Credentials = { accountSid: string; authToken: string; isOurs: boolean };

/**
 * The given ones, or those of a new sandbox account. A token is never derived for an account that somebody names: whose
 * account that is, is proven by its token alone.
 */
async function credentialsOf(
  { config: { SANDBOX_SECRET } }: OrgContext,
  { kind, account_sid: accountSid, auth_token: authToken }: CreateCarrierInput,
): Promise<Result<Credentials, Invalid>> {
  if (kind === "sandbox" && SANDBOX_SECRET === undefined) {
    return err(
      invalid("kind", "must be another: this deployment has no sandbox (SANDBOX_SECRET is not set)"),
    );
  }
  if (accountSid !== undefined && authToken !== undefined)
    return ok({ accountSid, authToken, isOurs: false });
  if (SANDBOX_SECRET === undefined)
    throw new Error("An account without credentials that is not the sandbox's");
  const newSid = `AC${toHex(crypto.getRandomValues(new Uint8Array(16)))}`;
  return ok({ accountSid: newSid, authToken: await accountToken(SANDBOX_SECRET, newSid), isOurs: true });
}

/** Undefined where none is named, null for the carrier's own. */
function acceptAddress<T extends null | undefined>(
  { config }: OrgContext,
  address: string | T,
): Result<string | T, Invalid> {
  return typeof address === "string" ? acceptBaseUrl("api_base_url", address, config) : ok(address);
}

/** Who may not read a token may not have it sent to a host of their choice either; the carrier's own host knows it. */
function mayGetToken({ config }: OrgContext, carrier: CarrierRow, address: string | null): boolean {
  if (address === null) return true;
  return isSameOrigin(address, carrier.apiBaseUrl ?? ownAddressOf(carrier.kind, config));
}

/** Those of the columns that the input names. */
async function columnsOf(
  { config }: OrgContext,
  carrierId: string,
  input: { [F in keyof ChangeCarrierInput]: ChangeCarrierInput[F] | undefined },
) {
  const { auth_token: authToken } = input;
  return {
    ...(input.name === undefined ? {} : { name: input.name }),
    ...(input.api_base_url === undefined ? {} : { apiBaseUrl: input.api_base_url }),
    ...(input.calls_per_second === undefined ? {} : { callsPerSecond: input.calls_per_second }),
    ...(input.max_concurrent === undefined ? {} : { maxConcurrent: input.max_concurrent }),
    ...(authToken === undefined
      ? {}
      : { authTokenEncrypted: await seal(config.CREDENTIALS_KEY, authToken, carrierId) }),
  };
}

function toNumbers(phones: readonly string[]): NewNumber[] {
  return phones.map((phone) => ({ phone, country: parsePhone(phone)?.country ?? null }));
}

function invalid(field: string, message: string): Invalid {
  return {
    code: "validation_failed",
    detail: `Please check ${field}.`,
    errors: [{ path: field, message }],
  };
}
