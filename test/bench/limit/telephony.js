// The carrier as a call needs it: one create, and the document that has it open a relay. What signs requests is unsealed
// once a minute.

import { exports } from "cloudflare:workers";
import { signingKeyOf } from "./crypto.js";
import { one } from "./database.js";

const REMEMBERED_MS = 60_000;
const accounts = new Map();

export async function accountOf(env, carrierId) {
  const nowMs = Date.now();
  const known = accounts.get(carrierId);
  if (known !== undefined && known.untilMs > nowMs) return known;
  const row = await one(env, "findCarrier", { carrierId }).first();
  if (row === null) return null;
  const keys = await signingKeyOf(env.CREDENTIALS_KEY, row.auth_token_encrypted, carrierId);
  const account = {
    ...keys,
    sid: row.account_sid,
    baseUrl: row.api_base_url,
    untilMs: nowMs + REMEMBERED_MS,
  };
  accounts.set(carrierId, account);
  return account;
}

/** Answers the carrier's id of the call; null if it refused. */
export async function createAtCarrier(env, { carrierId, callId, from, to }) {
  const account = await accountOf(env, carrierId);
  const base = `${env.PUBLIC_BASE_URL}/carriers/${carrierId}/calls/${callId}`;
  const form = {
    To: to,
    From: from,
    Url: `${base}/answer`,
    StatusCallback: `${base}/status`,
    TimeLimit: "3720",
  };
  const request = new Request(
    `${account.baseUrl ?? `${env.PUBLIC_BASE_URL}/line`}/2010-04-01/Accounts/${account.sid}/Calls.json`,
    {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${account.sid}:${account.token}`)}` },
      body: new URLSearchParams(form),
    },
  );
  const response = await (account.baseUrl === null ? exports.default.fetch(request) : fetch(request));
  const answer = await response.json();
  return response.ok ? answer.sid : null;
}

export function documentOf(env, { carrierId, callId }) {
  const base = `${env.PUBLIC_BASE_URL}/carriers/${carrierId}/calls/${callId}`;
  const relay = `<ConversationRelay url="${base.replace("http", "ws")}/relay"/>`;
  return `<?xml version="1.0" encoding="UTF-8"?><Response><Connect action="${base}/relay-end">${relay}</Connect></Response>`;
}
