import type { Page } from "playwright-core";
import { expect } from "vitest";

/** What is too wide scrolls by itself, the page does not. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const { wide, shown } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    shown: document.documentElement.clientWidth,
  }));
  expect(wide, "width of the page").toBeLessThanOrEqual(shown);
}
