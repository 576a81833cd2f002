// GET /ws/board: the organisation's live calls, for those who watch them all.

import { createExecutionContext, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  boardMessageSchema,
  liveCallsSchema,
  type BoardEntry,
  type BoardMessage,
} from "../../src/contract/live.ts";
import { newId } from "../../src/lib/ids.ts";
import worker from "../../src/index.ts";
import { BASE_URL, place, post, request, untilQuiet } from "../support/api.ts";
import { createKey, createOrganisation, type Organisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

const UPGRADE = { headers: { upgrade: "websocket" } };

afterEach(() => {
  vi.useRealTimers();
});

test("the list of live calls is read anew if the board was just restarted", async () => {
  const org = await createOrganisation();
  let asked = 0;
  const list = async () => {
    asked += 1;
    if (asked === 1) throw new Error("The object was restarted");
    return [];
  };
  const LIVE_BOARD = new Proxy(env.LIVE_BOARD, {
    get: (target, name) => (name === "getByName" ? () => ({ list }) : Reflect.get(target, name)),
  });
  const headers = { authorization: `Bearer ${org.apiKey}` };
  const asking = new Request(`${BASE_URL}/api/voice/calls/live`, { headers });
  const answer = await worker.fetch(asking, { ...env, LIVE_BOARD }, createExecutionContext());
  expect([answer.status, await answer.json()]).toEqual([200, { calls: [], total: 0 }]);
});

class Supervisor {
  readonly messages: BoardMessage[] = [];
  readonly pongs: string[] = [];
  closedWith: number | null = null;
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      if (data === "pong") this.pongs.push(data);
      else this.messages.push(boardMessageSchema.parse(JSON.parse(String(data))));
    });
    socket.addEventListener("close", ({ code }) => {
      this.closedWith = code;
    });
    socket.accept();
  }

  get cursor(): number {
    return this.messages.at(-1)?.cursor ?? 0;
  }

  ping(): void {
    this.#socket.send("ping");
  }

  leave(): void {
    this.#socket.close();
  }

  async has(count: number): Promise<BoardMessage[]> {
    return until(
      async () => this.messages,
      ({ length }) => length >= count,
    );
  }
}

async function watch(apiKey: string, query = ""): Promise<Supervisor> {
  const { webSocket, status } = await request(`/ws/board${query}`, apiKey, UPGRADE);
  if (webSocket === null) throw new Error(`No socket: ${status}`);
  return new Supervisor(webSocket);
}

function entryOf(callId: string, status: BoardEntry["status"]): BoardEntry {
  const answeredAt = status === "in_progress" ? 1_780_000_010 : null;
  const parties = { callType: "outbound" as const, campaignId: "flw", contactId: null, from: "+1", to: "+2" };
  return { callId, ...parties, status, startedAt: 1_780_000_000, answeredAt };
}

const boardOf = (org: Organisation) => env.LIVE_BOARD.getByName(org.orgId);
const inShort = (message: BoardMessage) => {
  if (message.type === "snapshot") return message.calls.map(({ uuid, status }) => `${uuid} ${status}`);
  return message.type === "call"
    ? `${message.call.uuid} ${message.call.status}`
    : `${message.call_uuid} ended`;
};

describe("a supervisor", () => {
  test("sees a real call come, change and end, as the list of live calls shows it", async () => {
    const org = await createOrganisation();
    const supervisor = await watch(org.apiKey);
    expect((await supervisor.has(1))[0]).toEqual({ type: "snapshot", cursor: 0, calls: [] });
    const callId = await place(org, "+15005550035");
    const messages = await until(
      async () => supervisor.messages,
      (all) => all.at(-1)?.type === "ended",
    );
    expect(messages.slice(1).map(inShort)).toEqual(
      ["dialing", "ringing", "in_progress", "ended"].map((status) => `${callId} ${status}`),
    );
    expect(messages[1]).toMatchObject({
      type: "call",
      call: {
        call_type: "outbound",
        to_number: "+15005550035",
        campaign_uuid: org.campaignId,
        duration: null,
      },
    });
    expect(messages.map(({ cursor }) => cursor)).toEqual([0, 1, 2, 3, 4]);
    supervisor.leave();
    await untilQuiet();
  });

  test("who comes while calls live is first shown them all, newest first, as A6 does", async () => {
    const org = await createOrganisation();
    vi.useFakeTimers({ toFake: ["Date"], now: 1_780_000_030_000 });
    await boardOf(org).show("a", 1, entryOf("a", "in_progress"));
    await boardOf(org).show("b", 1, entryOf("b", "dialing"));
    await boardOf(org).show("c", 1, entryOf("c", "ringing"));
    await boardOf(org).show("c", 2, null);
    const [snapshot] = await (await watch(org.apiKey)).has(1);
    const list = await request("/api/voice/calls/live?call_type=all", org.apiKey);
    const { calls } = liveCallsSchema.parse(await list.json());
    expect(snapshot).toEqual({ type: "snapshot", cursor: 4, calls });
    expect(calls.map(({ uuid, duration }) => [uuid, duration])).toEqual([
      ["b", null],
      ["a", 20],
    ]);
  });

  test("who names a cursor is told what it missed, in order, and nothing twice", async () => {
    const org = await createOrganisation();
    const board = boardOf(org);
    await board.show("a", 1, entryOf("a", "dialing"));
    const stays = await watch(org.apiKey);
    const leaves = await watch(org.apiKey);
    await leaves.has(1);
    leaves.leave();
    await board.show("a", 2, entryOf("a", "ringing"));
    await board.show("b", 1, entryOf("b", "dialing"));
    await board.show("a", 3, null);
    const back = await watch(org.apiKey, `?cursor=${leaves.cursor}`);
    await board.show("b", 2, entryOf("b", "ringing"));
    await Promise.all([stays.has(5), back.has(4)]);
    expect(back.messages.map(inShort)).toEqual(["a ringing", "b dialing", "a ended", "b ringing"]);
    expect(back.messages).toEqual(stays.messages.slice(1));
    const knowsAll = await watch(org.apiKey, `?cursor=${back.cursor}`);
    await board.show("b", 3, null);
    expect((await knowsAll.has(1)).map(inShort)).toEqual(["b ended"]);
  });

  test("who names a cursor that is no longer known, or of another board, is shown all anew", async () => {
    const org = await createOrganisation();
    const board = boardOf(org);
    await runInDurableObject(board, (object) => {
      for (let seq = 1; seq <= 1_003; seq += 1) object.show("a", seq, entryOf("a", "dialing"));
    });
    const [first] = await (await watch(org.apiKey, "?cursor=2")).has(1);
    expect(first).toMatchObject({ type: "snapshot", cursor: 1_003 });
    expect((await (await watch(org.apiKey, "?cursor=3")).has(1_000))[0]).toMatchObject({ cursor: 4 });
    const [other] = await (await watch(org.apiKey, "?cursor=1004")).has(1);
    expect(other).toMatchObject({ type: "snapshot", cursor: 1_003 });
  });

  test("hears nothing of stragglers, of what it knows, nor of an end that it never saw begin", async () => {
    const org = await createOrganisation();
    const board = boardOf(org);
    const supervisor = await watch(org.apiKey);
    await board.show("a", 3, entryOf("a", "in_progress"));
    await board.show("a", 2, entryOf("a", "ringing"));
    await board.show("a", 3, entryOf("a", "in_progress"));
    await board.show("unseen", 9, null);
    await board.show("a", 4, null);
    await board.show("a", 5, null);
    await board.show("b", 1, entryOf("b", "dialing"));
    expect((await supervisor.has(4)).slice(1).map(inShort)).toEqual([
      "a in_progress",
      "a ended",
      "b dialing",
    ]);
  });

  test("sees its own organisation's calls alone", async () => {
    const [org, other] = await Promise.all([createOrganisation(), createOrganisation()]);
    const [supervisor, stranger] = await Promise.all([watch(org.apiKey), watch(other.apiKey)]);
    await boardOf(org).show("a", 1, entryOf("a", "dialing"));
    await boardOf(other).show("b", 1, entryOf("b", "dialing"));
    await Promise.all([supervisor.has(2), stranger.has(2)]);
    expect([supervisor, stranger].map(({ messages }) => messages.slice(1).map(inShort))).toEqual([
      ["a dialing"],
      ["b dialing"],
    ]);
  });

  test("keeps its socket while the board is out of memory, and its pings are answered", async () => {
    const org = await createOrganisation();
    const supervisor = await watch(org.apiKey);
    await boardOf(org).show("a", 1, entryOf("a", "dialing"));
    await supervisor.has(2);
    await evictDurableObject(boardOf(org), { webSockets: "hibernate" });
    supervisor.ping();
    await until(
      async () => supervisor.pongs,
      ({ length }) => length === 1,
    );
    await boardOf(org).show("a", 2, entryOf("a", "ringing"));
    expect((await supervisor.has(3)).slice(1).map(inShort)).toEqual(["a dialing", "a ringing"]);
    const back = await watch(org.apiKey, "?cursor=1");
    expect((await back.has(1)).map(inShort)).toEqual(["a ringing"]);
  });

  test("whose key is revoked is shut out, and who has another is not", async () => {
    const org = await createOrganisation();
    const id = newId("key");
    const key = await createKey(org.orgId, ["voice:calls:read"], { id });
    const token: { url: string } = await (await post("/v1/tokens", key, { purpose: "board" })).json();
    const byToken = await request(`/ws/board${new URL(token.url).search}`, null, UPGRADE);
    if (byToken.webSocket === null) throw new Error("No socket");
    const shutOut = [await watch(key), new Supervisor(byToken.webSocket)];
    const stays = await watch(org.apiKey);
    await evictDurableObject(boardOf(org), { webSockets: "hibernate" });
    expect((await request(`/v1/keys/${id}`, org.apiKey, { method: "DELETE" })).status).toBe(204);
    await until(
      async () => shutOut,
      (both) => both.every(({ closedWith }) => closedWith === 1008),
    );
    await boardOf(org).show("a", 1, entryOf("a", "dialing"));
    await stays.has(2);
    expect(shutOut.flatMap(({ messages }) => messages.map(({ type }) => type))).toEqual([
      "snapshot",
      "snapshot",
    ]);
  });

  test("whose key was revoked elsewhere, and is still remembered here, is shut out by the next change", async () => {
    const org = await createOrganisation();
    const id = newId("key");
    const key = await createKey(org.orgId, ["voice:calls:read"], { id });
    expect((await request("/v1/calls", key)).status).toBe(200);
    await env.DB.prepare("UPDATE api_keys SET revoked_at = 1 WHERE id = ?").bind(id).run();
    const supervisors = [await watch(key), await watch(key)];
    await boardOf(org).show("a", 1, entryOf("a", "dialing"));
    await until(
      async () => supervisors,
      (both) => both.every(({ closedWith }) => closedWith === 1008),
    );
    expect(supervisors.map(({ messages }) => messages.length)).toEqual([1, 1]);
  });

  test("whose key is revoked while it watches, and the board is not told, is shut out within a minute", async () => {
    const org = await createOrganisation();
    const id = newId("key");
    const supervisor = await watch(await createKey(org.orgId, ["voice:calls:read"], { id }));
    await boardOf(org).show("a", 1, entryOf("a", "dialing"));
    await supervisor.has(2);
    await env.DB.prepare("UPDATE api_keys SET revoked_at = 1 WHERE id = ?").bind(id).run();
    await evictDurableObject(boardOf(org), { webSockets: "hibernate" });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
    await boardOf(org).show("a", 2, entryOf("a", "ringing"));
    await until(
      async () => supervisor.closedWith,
      (code) => code === 1008,
    );
    expect(supervisor.messages).toHaveLength(2);
  });

  test("hears all in order while its key is looked up, and asks once for all its sockets", async () => {
    const org = await createOrganisation();
    const supervisors = [await watch(org.apiKey), await watch(org.apiKey)];
    const prepare = vi.spyOn(env.DB, "prepare");
    await runInDurableObject(boardOf(org), (object) => {
      for (let seq = 1; seq <= 3; seq += 1) object.show("a", seq, entryOf("a", "dialing"));
    });
    for (const supervisor of supervisors) await supervisor.has(4);
    expect(supervisors.map(({ messages }) => messages.map(({ cursor }) => cursor))).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 3],
    ]);
    expect(prepare.mock.calls.filter(([sql]) => sql.includes("api_keys"))).toHaveLength(1);
    prepare.mockRestore();
  });

  test("is told to come again where nobody can say whether its key stands", async () => {
    const org = await createOrganisation();
    const supervisor = await watch(org.apiKey);
    const prepare = vi.spyOn(env.DB, "prepare").mockImplementation(() => {
      throw new Error("D1 is away");
    });
    await boardOf(org).show("a", 1, entryOf("a", "dialing"));
    await until(
      async () => supervisor.closedWith,
      (code) => code === 1013,
    );
    prepare.mockRestore();
    const back = await watch(org.apiKey, "?cursor=0");
    expect((await back.has(1))[0]).toMatchObject({ type: "snapshot", cursor: 1 });
  });

  test("whose key expires is shut out by the next change", async () => {
    const org = await createOrganisation();
    const expiresAt = Math.floor(Date.now() / 1000) + 60;
    const supervisor = await watch(await createKey(org.orgId, ["voice:calls:read"], { expiresAt }));
    await evictDurableObject(boardOf(org), { webSockets: "hibernate" });
    vi.useFakeTimers({ toFake: ["Date"], now: expiresAt * 1000 - 1 });
    await boardOf(org).show("a", 1, entryOf("a", "dialing"));
    await supervisor.has(2);
    vi.setSystemTime(expiresAt * 1000);
    await boardOf(org).show("a", 2, entryOf("a", "ringing"));
    await until(
      async () => supervisor.closedWith,
      (code) => code === 1008,
    );
    expect(supervisor.messages).toHaveLength(2);
  });
});

describe("the board is refused", () => {
  test("to strangers, to keys without the scope, without an upgrade, with a cursor that is none", async () => {
    const org = await createOrganisation();
    const writer = await createKey(org.orgId, ["voice:calls:write"]);
    expect((await request("/ws/board", null, UPGRADE)).status).toBe(401);
    expect((await request("/ws/board", writer, UPGRADE)).status).toBe(403);
    expect((await request("/ws/board", org.apiKey)).status).toBe(426);
    for (const cursor of ["x", "-1", "1.5", ""]) {
      expect((await request(`/ws/board?cursor=${cursor}`, org.apiKey, UPGRADE)).status).toBe(422);
    }
  });
});
