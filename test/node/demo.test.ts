import { expect, test } from "vitest";
import { callRecordSchema } from "../../src/contract/calls.ts";
import { runScript } from "./support/process.ts";

test("npm run demo -- --json holds a whole call and prints its record alone", async () => {
  const { code, stdout, stderr } = await runScript("demo", ["--json"]);
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  const lines = stdout.trimEnd().split("\n");
  expect(lines).toHaveLength(1);
  const call = callRecordSchema.parse(JSON.parse(lines[0] ?? ""));
  expect(call).toMatchObject({ status: "ended", outcome: "connected", ended_reason: "agent_hangup" });
  expect(call.duration).toBeGreaterThan(0);
  expect(call.recording_url).toMatch(/\/api\/voice\/calls\/cal_\w+\/recording$/);
  for (const speaker of ["agent", "customer"] as const) {
    expect(call.transcript.filter((turn) => turn.speaker === speaker).length).toBeGreaterThanOrEqual(8);
  }
});

test("npm run demo -- --to names another number, and tells how its call ended", async () => {
  const { code, stdout } = await runScript("demo", ["--to", "+15005550020"]);
  expect(code).toBe(0);
  expect(stdout).toContain("ended: voicemail, voicemail");
});

test("npm run demo -- --inbound takes a call, from the caller's first ring to the recording", async () => {
  const { code, stdout, stderr } = await runScript("demo", ["--inbound", "--json"]);
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  const call = callRecordSchema.parse(JSON.parse(stdout));
  expect(call).toMatchObject({
    call_type: "inbound",
    from_number: "+14155550192",
    status: "ended",
    outcome: "connected",
    ended_reason: "agent_hangup",
  });
  expect(call.recording_url).not.toBeNull();
  expect(call.transcript[0]?.text).toContain("thank you for calling Luminary Home");
});

test("npm run demo fails with the API's own words for a number that is none", async () => {
  const { code, stderr } = await runScript("demo", ["--to", "+1500"]);
  expect(code).toBe(1);
  expect(stderr).toContain("validation_failed");
});
