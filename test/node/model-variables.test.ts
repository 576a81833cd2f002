import { expect, test } from "vitest";
import { describeModel, modelVariables } from "../../src/cli/model-variables.ts";

test("the shell's model goes into the Worker's file of variables, as wrangler reads it", () => {
  const env = {
    MODEL_BASE_URL: "https://models.example/v1",
    MODEL_NAME: "small-1",
    MODEL_API_KEY: 'k$HOME"\\#x',
    MODEL_TIMEOUT_SECONDS: "",
    OTHER: "x",
  };
  expect(modelVariables(env)).toEqual([
    "MODEL_BASE_URL='https://models.example/v1'",
    "MODEL_NAME='small-1'",
    `MODEL_API_KEY='k\\$HOME"\\#x'`,
  ]);
  expect(describeModel(env)).toBe("The agent thinks with small-1.");
});

test("without one it says so", () => {
  expect(modelVariables({})).toEqual([]);
  for (const env of [{}, { MODEL_NAME: "small-1" }, { MODEL_BASE_URL: "https://models.example/v1" }]) {
    expect(describeModel(env)).toMatch(/^The agent talks by script/);
  }
});

test.each(["a'b", "a\nb"])("what the file can't hold is refused by its name: %j", (value) => {
  expect(() => modelVariables({ MODEL_API_KEY: value })).toThrow("MODEL_API_KEY");
});
