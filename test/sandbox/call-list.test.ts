// What calls report of themselves may come late or twice; the account's lists keep the newest.

import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { callQuery, type ListEntry, recordingQuery } from "../../src/sandbox/call-list.ts";

const sid = `CA${"1".repeat(32)}`;
const everyCall = callQuery.parse({});
const everyRecording = recordingQuery.parse({});

function report(version: number, changes: Partial<ListEntry> = {}): ListEntry {
  return {
    sid,
    version,
    createdAtMs: 1000,
    startedAtMs: 1000,
    endedAtMs: null,
    to: "+15005550030",
    from: "+15005550006",
    parentSid: null,
    status: "in-progress",
    isDeleted: false,
    resource: `{"version":${version}}`,
    recording: { sid: sid.replace("CA", "RE"), startedAtMs: 2000, resource: `{"version":${version}}` },
    ...changes,
  };
}

function newAccount() {
  return env.SANDBOX_ACCOUNT.getByName(crypto.randomUUID());
}

test("an older report changes nothing", async () => {
  const account = newAccount();
  for (const version of [1, 3, 2]) await account.record(report(version));
  expect((await account.findCalls(everyCall)).resources).toEqual([`{"version":3}`]);
  expect((await account.findRecordings(everyRecording)).resources).toEqual([`{"version":3}`]);
});

test("nor does it bring back what was deleted since", async () => {
  const account = newAccount();
  for (const entry of [report(1), report(3, { isDeleted: true, recording: null }), report(2)]) {
    await account.record(entry);
  }
  expect((await account.findCalls(everyCall)).resources).toEqual([]);
  expect((await account.findRecordings(everyRecording)).resources).toEqual([]);
});
