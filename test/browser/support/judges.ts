import axe from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** axe-core finds nothing serious or critical on the page as it stands. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
  });
  expect(found, `violations on ${what}`).toEqual([]);
}

/** The page and an open dialog are as wide as the window; what is wider scrolls by itself. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const wider = await page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll("dialog[open]")].flatMap(
      ({ tagName, scrollWidth, clientWidth }) =>
        scrollWidth > clientWidth ? [`${tagName}: ${scrollWidth} in ${clientWidth}`] : [],
    ),
  );
  expect(wider, "what scrolls sideways").toEqual([]);
}
