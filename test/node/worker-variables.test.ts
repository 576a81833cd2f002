import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { unstable_getVarsForDev as readVars } from "wrangler";
import { describeModel, modelVariables, variablesFile } from "../../src/cli/worker-variables.ts";

const folder = mkdtempSync(join(tmpdir(), "trunkline-vars-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("wrangler reads the shell's model from the Worker's file of variables as it is", () => {
  const model = {
    MODEL_BASE_URL: "https://models.example/v1?a=1#b",
    MODEL_NAME: "small-1",
    MODEL_API_KEY: 'k$HOME${X:-y}"\\n`#x =',
  };
  const env = { ...model, MODEL_TIMEOUT_SECONDS: "", OTHER: "x" };
  const file = join(folder, "vars");
  writeFileSync(file, variablesFile(modelVariables(env)));
  const read = Object.entries(readVars(undefined, [file], {}, undefined, true));
  expect(Object.fromEntries(read.map(([name, { value }]) => [name, value]))).toEqual(model);
  expect(describeModel(env)).toBe("The agent thinks with small-1.");
});

test("without one it says so", () => {
  expect(modelVariables({})).toEqual({});
  for (const env of [{}, { MODEL_NAME: "small-1" }, { MODEL_BASE_URL: "https://models.example/v1" }]) {
    expect(describeModel(env)).toMatch(/^The agent talks by script/);
  }
});

test.each(["a'b", "a\nb"])("what the file can't hold is refused by its name: %j", (value) => {
  expect(() => variablesFile({ MODEL_API_KEY: value })).toThrow("MODEL_API_KEY");
});
