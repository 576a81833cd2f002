// What carriers send: signed, for this account and this call, or refused without a trace.

import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, test } from "vitest";
import { newId } from "../../src/lib/ids.ts";
import { signatureOf } from "../../src/telephony/twilio/signature.ts";
import { BASE_URL, place, read, request } from "../support/api.ts";
import { createOrganisation, type Organisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

const KINDS = ["answer", "status", "recording", "relay-end"] as const;
const FOREIGN_SID = `CA${"f".repeat(32)}`;

let org: Organisation;
let callId = "";
let carrierCallId = "";

beforeAll(async () => {
  org = await createOrganisation({ campaignConfig: { max_duration: 8 } });
  callId = await place(org, "+15005550036");
  const call = await until(
    () => read(org, callId),
    ({ status }) => status === "in_progress",
  );
  carrierCallId = call.carrier.carrier_call_id ?? "";
  // From here on the carrier itself is silent until the call ends.
  await until(traces, (events) => events.some((body) => body.includes('"phase":"answered"')));
});

type Forged = { path?: string; token?: string; fields?: Record<string, string>; signature?: string | null };

async function send(kind: (typeof KINDS)[number], forged: Forged = {}): Promise<Response> {
  const path = forged.path ?? `/carriers/${org.carrierId}/calls/${callId}/${kind}`;
  const fields = {
    AccountSid: org.accountSid,
    CallSid: carrierCallId,
    CallStatus: "in-progress",
    ...forged.fields,
  };
  const body = new URLSearchParams(fields).toString();
  const signature =
    forged.signature === undefined
      ? await signatureOf(forged.token ?? org.authToken, BASE_URL + path, body)
      : forged.signature;
  const headers = new Headers({ "content-type": "application/x-www-form-urlencoded" });
  if (signature !== null) headers.set("x-twilio-signature", signature);
  return request(path, null, { method: "POST", headers, body });
}

/** What callbacks have left behind, heeded or refused. */
function traces(): Promise<string[]> {
  return runInDurableObject(env.CALL_SESSION.getByName(callId), (_object, { storage }) =>
    storage.sql
      .exec<{ body: string }>(
        `SELECT body FROM events WHERE json_extract(body, '$.type')
           IN ('answer_requested', 'carrier_report', 'recording_ready', 'relay_ended') ORDER BY seq`,
      )
      .toArray()
      .map(({ body }) => body),
  );
}

describe.for(KINDS)("%s", (kind) => {
  const FORGERIES: [name: string, forged: () => Forged][] = [
    ["unsigned", () => ({ signature: null })],
    ["with a signature that is none", () => ({ signature: "AAAA" })],
    ["signed with another token", () => ({ token: "0".repeat(32) })],
    ["signed for another address", () => ({ signature: "RSOYDt4T1cUTdK1PDd93/VVr8B8=" })],
  ];

  test.for(FORGERIES)("%s: 403, and nothing changes", async ([, forged]) => {
    const before = await traces();
    const response = await send(kind, forged());
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: "bad_signature" });
    expect(await traces()).toEqual(before);
  });

  test("of a carrier account that does not exist: 403", async () => {
    const path = `/carriers/${newId("carrier")}/calls/${callId}/${kind}`;
    expect((await send(kind, { path })).status).toBe(403);
  });

  test("that names another account in its body: 400", async () => {
    const before = await traces();
    const response = await send(kind, { fields: { AccountSid: `AC${"e".repeat(32)}` } });
    expect(response.status).toBe(400);
    expect(await traces()).toEqual(before);
  });
});

describe("rightly signed by another organisation's account", () => {
  test.for(KINDS)("%s reaches no call of ours", async (kind) => {
    const other = await createOrganisation();
    const before = await traces();
    const response = await send(kind, {
      path: `/carriers/${other.carrierId}/calls/${callId}/${kind}`,
      token: other.authToken,
      fields: {
        AccountSid: other.accountSid,
        RecordingSid: `RE${"1".repeat(32)}`,
        RecordingStatus: "completed",
      },
    });
    if (kind === "answer" || kind === "relay-end") expect(await response.text()).toContain("<Hangup/>");
    else expect(response.status).toBe(404);
    expect(await traces()).toEqual(before);
  });
});

describe("of another call of the same account", () => {
  test.for(["answer", "relay-end"] as const)("%s is told to hang up", async (kind) => {
    const before = await read(org, callId);
    const response = await send(kind, { fields: { CallSid: FOREIGN_SID } });
    expect(await response.text()).toContain("<Hangup/>");
    expect(await read(org, callId)).toMatchObject({ status: before.status, carrier: before.carrier });
  });

  test("status changes nothing", async () => {
    const response = await send("status", { fields: { CallSid: FOREIGN_SID, CallStatus: "completed" } });
    expect(response.status).toBe(204);
    expect((await read(org, callId)).status).toBe("in_progress");
  });
});

describe("the relay's handshake", () => {
  const path = () => `/carriers/${org.carrierId}/calls/${callId}/relay`;
  const signed = async (url: string) =>
    request(path(), null, {
      headers: { upgrade: "websocket", "x-twilio-signature": await signatureOf(org.authToken, url, "") },
    });

  test("is signed over its ws address, not the http one", async () => {
    expect((await signed(BASE_URL + path())).status).toBe(403);
    expect((await signed(BASE_URL.replace("http", "ws") + path())).status).toBe(101);
  });

  test("is refused unsigned", async () => {
    expect((await request(path(), null, { headers: { upgrade: "websocket" } })).status).toBe(403);
  });

  test("says nothing to a socket that names another call", async () => {
    const { webSocket } = await signed(BASE_URL.replace("http", "ws") + path());
    const lines = (await read(org, callId)).transcript.length;
    const frames: unknown[] = [];
    webSocket?.addEventListener("message", ({ data }) => frames.push(data));
    webSocket?.accept();
    webSocket?.send(JSON.stringify({ type: "setup", callSid: FOREIGN_SID }));
    webSocket?.send(JSON.stringify({ type: "prompt", voicePrompt: "I am not on this line", last: true }));
    // The object answers in order: once it has answered this, it has seen those.
    expect((await read(org, callId)).transcript).toHaveLength(lines);
    expect(frames).toEqual([]);
  });
});

describe("a call that is over", () => {
  test("answers what comes late with a hang-up or a nod, and stays as it ended", async () => {
    const own = await createOrganisation();
    const id = await place(own, "+15005550035");
    const call = await until(
      () => read(own, id),
      ({ recording_url: url }) => url !== null,
    );
    const forged = (kind: (typeof KINDS)[number]): Forged => ({
      path: `/carriers/${own.carrierId}/calls/${id}/${kind}`,
      token: own.authToken,
      fields: { AccountSid: own.accountSid, CallSid: call.carrier.carrier_call_id ?? "" },
    });
    expect(await (await send("answer", forged("answer"))).text()).toContain("<Hangup/>");
    expect(await (await send("relay-end", forged("relay-end"))).text()).toContain("<Hangup/>");
    expect((await send("status", forged("status"))).status).toBe(204);
    expect(await read(own, id)).toEqual(call);
  });
});

test("a callback of 1 MB: 413", async () => {
  expect((await send("status", { fields: { Junk: "x".repeat(1_000_000) } })).status).toBe(413);
});
