import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { readOwed } from "../chaos/ledgers.ts";
import { planOf } from "../chaos/plan.ts";
import { describe as inWords, figuresOfBroken } from "../chaos/report.ts";

test("an object that a kill kept from laying out its tables has stored nothing", () => {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-chaos-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const place = join(folder, "state/do/trunkline-CallSession");
  mkdirSync(place, { recursive: true });
  const open = (digit: string) => new DatabaseSync(join(place, `${digit.repeat(64)}.sqlite`));
  open("a").close();
  const whole = open("b");
  whole.exec(`CREATE TABLE call (plan TEXT); CREATE TABLE outbox (key TEXT, attempts INTEGER);
    INSERT INTO call VALUES ('{"callId":"cal_1"}'); INSERT INTO outbox VALUES ('project', 2);`);
  whole.close();
  expect(readOwed(folder).map((owed) => Object.assign({}, owed))).toEqual([
    { call_id: "cal_1", key: "project", attempts: 2 },
  ]);
});

test("a run that breaks off is a finding", () => {
  const wish = { calls: 5, kills: 1, seed: 4 };
  const figures = figuresOfBroken(planOf(wish), new Error("No port"));
  expect(figures.findings).toMatchObject([{ rule: "the run broke off" }]);
  expect(inWords(figures, wish)).toContain("No port");
});
