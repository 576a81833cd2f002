// GET /ws/live/{call_uuid}: a call as it happens, for those who watch.

import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { liveMessageSchema, type LiveMessage } from "../../src/contract/live.ts";
import { newId } from "../../src/lib/ids.ts";
import { place, post, read, request } from "../support/api.ts";
import { createKey, createOrganisation, type Organisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

const UPGRADE = { headers: { upgrade: "websocket" } };
let org: Organisation;

afterEach(() => {
  vi.useRealTimers();
});

beforeAll(async () => {
  org = await createOrganisation();
});

async function connect(callId: string, query = ""): Promise<WebSocket> {
  const { webSocket } = await request(`/ws/live/${callId}${query}`, org.apiKey, UPGRADE);
  if (webSocket === null) throw new Error("No socket");
  return webSocket;
}

/** All messages from joining until the call's end, or until `count` have come. */
async function watch(callId: string, query = "", count = Number.POSITIVE_INFINITY): Promise<LiveMessage[]> {
  const socket = await connect(callId, query);
  const messages: LiveMessage[] = [];
  await new Promise<void>((done) => {
    socket.addEventListener("message", ({ data }) => {
      messages.push(liveMessageSchema.parse(JSON.parse(String(data))));
      if (messages.length >= count || messages.at(-1)?.type === "end") done();
    });
    socket.accept();
  });
  socket.close();
  // More may have come until the socket was closed.
  return messages.slice(0, count);
}

describe("a watcher", () => {
  test("who asks whether it still hears is answered", async () => {
    const socket = await connect(await place(org, "+15007310030"));
    const pong = new Promise<void>((done) => {
      socket.addEventListener("message", ({ data }) => {
        if (data === "pong") done();
      });
    });
    socket.accept();
    socket.send("ping");
    await pong;
    socket.close();
  });

  test("sees the call from its start to its end, and the transcript that is kept", async () => {
    const callId = await place(org, "+15005550030");
    const messages = await watch(callId);
    expect(messages[0]).toMatchObject({ type: "start", call_uuid: callId, to_number: "+15005550030" });
    const statuses = messages.flatMap((message) => (message.type === "status" ? [message.status] : []));
    expect(statuses).toEqual(["dialing", "ringing", "in_progress", "ended"]);
    expect(messages.at(-1)).toMatchObject({
      type: "end",
      outcome: "connected",
      ended_reason: "agent_hangup",
    });
    const cursors = messages.map(({ cursor }) => cursor);
    expect(cursors).toEqual(cursors.toSorted((a, b) => a - b));
    const turns = messages.flatMap((message) =>
      message.type === "transcript"
        ? [{ speaker: message.speaker, text: message.text, timestamp: message.timestamp }]
        : [],
    );
    expect(turns).toEqual((await read(org, callId)).transcript);
  });

  test("who joins late, or after the end, is told what went before", async () => {
    const callId = await place(org, "+15005550031");
    await until(
      () => read(org, callId),
      ({ transcript }) => transcript.length >= 4,
    );
    const late = await watch(callId);
    const after = await watch(callId);
    expect(after).toEqual(late);
  });

  test("who names a cursor misses nothing and is told nothing twice", async () => {
    const callId = await place(org, "+15005550030");
    const first = await watch(callId, "", 6);
    const rest = await watch(callId, `?cursor=${first.at(-1)?.cursor}`);
    expect([...first, ...rest]).toEqual(await watch(callId));
  });
});

describe("whose key is over", () => {
  /** Watches a call that lives on until the test says more of it. */
  async function listen() {
    const keyId = newId("key");
    const own = await createOrganisation();
    const expiresAt = Math.floor(Date.now() / 1000) + 3_600;
    const apiKey = await createKey(own.orgId, ["voice:calls:read"], { id: keyId, expiresAt });
    const callId = await place(own, "+15005550036");
    const { webSocket } = await request(`/ws/live/${callId}`, apiKey, UPGRADE);
    const heard: string[] = [];
    let closedWith: number | null = null;
    webSocket?.addEventListener("message", ({ data }) => {
      heard.push(liveMessageSchema.parse(JSON.parse(String(data))).type);
    });
    webSocket?.addEventListener("close", ({ code }) => {
      closedWith = code;
    });
    webSocket?.accept();
    await until(
      () => read(own, callId),
      ({ transcript }) => transcript.length > 0,
    );
    const end = async () => {
      const before = heard.length;
      const { status } = await post(`/api/voice/calls/${callId}/end`, own.apiKey, {
        reason: "workflow_close",
      });
      expect(status).toBe(200);
      const code = await until(
        async () => closedWith,
        (closed) => closed !== null,
      );
      return { code, heard: heard.slice(before) };
    };
    return { keyId, expiresAt, end };
  }

  const REVOKE = "UPDATE api_keys SET revoked_at = 1 WHERE id = ?";
  const inAMinute = () => vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });

  test("hears nothing more within a minute of its revocation", async () => {
    const { keyId, end } = await listen();
    await env.DB.prepare(REVOKE).bind(keyId).run();
    inAMinute();
    expect(await end()).toEqual({ code: 1008, heard: [] });
  });

  test("hears nothing from its expiry on", async () => {
    const { expiresAt, end } = await listen();
    vi.useFakeTimers({ toFake: ["Date"], now: expiresAt * 1000 });
    expect(await end()).toEqual({ code: 1008, heard: [] });
  });

  test("and whose is not hears on, to the end", async () => {
    const { end } = await listen();
    inAMinute();
    const { code, heard } = await end();
    expect([code, heard.at(-1)]).toEqual([1000, "end"]);
  });
});

describe("is refused", () => {
  test("to strangers, to keys without the scope, and for calls of others", async () => {
    const callId = await place(org, "+15005550010");
    const [other, writer] = await Promise.all([
      createOrganisation(),
      createKey(org.orgId, ["voice:calls:write"]),
    ]);
    expect((await request(`/ws/live/${callId}`, null, UPGRADE)).status).toBe(401);
    expect((await request(`/ws/live/${callId}`, writer, UPGRADE)).status).toBe(403);
    expect((await request(`/ws/live/${callId}`, other.apiKey, UPGRADE)).status).toBe(404);
    expect((await request(`/ws/live/${newId("call")}`, org.apiKey, UPGRADE)).status).toBe(404);
    expect((await request("/ws/live/nonsense", org.apiKey, UPGRADE)).status).toBe(404);
  });

  test("without an upgrade: 426; with a cursor that is none: 422", async () => {
    const callId = await place(org, "+15005550012");
    expect((await request(`/ws/live/${callId}`, org.apiKey)).status).toBe(426);
    expect((await request(`/ws/live/${callId}?cursor=x`, org.apiKey, UPGRADE)).status).toBe(422);
  });

  test("but not to who brings the key in the query, as browsers must", async () => {
    const callId = await place(org, "+15005550013");
    const path = `/ws/live/${callId}?token=${org.apiKey}`;
    expect((await request(path, null, UPGRADE)).status).toBe(101);
  });
});
