// How much a browser has to load for the desk, and what of it only when it is needed.

import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { bundleDesk } from "../../src/cli/assets.ts";

/** Of all scripts together, gzipped. */
const BUDGET_BYTES = 80_000;

const parts = await bundleDesk();
const scripts = parts.filter(({ name }) => name.endsWith(".js"));

test("all scripts of the desk stay within their budget", () => {
  const sizes = scripts.map(({ name, content }) => ({ name, bytes: gzipSync(content).length }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  const list = sizes.map(({ name, bytes }) => `${name} ${bytes}`).join(", ");
  process.stdout.write(`The desk's JavaScript, gzipped: ${total} bytes of ${BUDGET_BYTES} (${list})\n`);
  expect(total).toBeGreaterThan(5_000);
  expect(total).toBeLessThanOrEqual(BUDGET_BYTES);
});

test("charts are loaded by who looks at numbers alone", () => {
  const withCharts = scripts.filter(({ content }) => String(content).includes("u-over"));
  expect(withCharts).toHaveLength(1);
  expect(withCharts[0]?.name).not.toBe("desk.js");
  const entry = String(scripts.find(({ name }) => name === "desk.js")?.content);
  const chunk = withCharts[0]?.name ?? "";
  expect(entry).toMatch(new RegExp(`import\\([^)]*${chunk.replaceAll(".", "\\.")}`));
  expect(entry).not.toMatch(new RegExp(`from ?["'][^"']*${chunk.replaceAll(".", "\\.")}`));
});

test("there is one stylesheet, which the page names", () => {
  const sheets = parts.filter(({ name }) => name.endsWith(".css"));
  expect(sheets.map(({ name }) => name)).toEqual(["desk.css"]);
  expect(String(sheets[0]?.content)).toContain(".u-over");
});
