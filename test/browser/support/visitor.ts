// Somebody at the desk, in a real browser. Whatever the browser complains of fails the test that it happened in.

import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, expect, inject, onTestFinished } from "vitest";
import { launchBrowser } from "./browser.ts";

let browser: Promise<Browser> | null = null;
/** Of the test that runs; what the browser says of a page of an earlier one comes too late to be anybody's. */
let complaints: string[] = [];
let expected: RegExp[] = [];
/** Whose session ended in the test: what they still read with it is refused, and the browser reports that. */
const signedOut = new WeakSet<BrowserContext>();

function openBrowser(): Promise<Browser> {
  browser ??= launchBrowser();
  return browser;
}

afterEach(() => {
  const left = complaints.filter((text) => !expected.some((pattern) => pattern.test(text)));
  complaints = [];
  expected = [];
  expect(left, "what the browser complained of").toEqual([]);
});
afterAll(async () => {
  await (await browser)?.close();
  browser = null;
});

/** Whatever the machine has: a language whose forms tests read, and a zone that is neither UTC nor whole hours from it. */
const ELSEWHERE = { locale: "en-US", timezoneId: "Asia/Kolkata" };

type Looks = { theme?: "light" | "dark"; phone?: boolean };

/** A browser of one's own, with nobody signed in. It is closed when the test is over. */
export async function visit({ theme = "light", phone = false }: Looks = {}): Promise<Page> {
  const { url } = inject("deployment");
  const viewport = phone ? { width: 390, height: 844 } : { width: 1280, height: 800 };
  const context = await (
    await openBrowser()
  ).newContext({ baseURL: url, viewport, colorScheme: theme, ...ELSEWHERE });
  onTestFinished(() => context.close());
  await listen(context, url);
  return context.newPage();
}

/** … and at the desk, with the key that may do this. */
export async function atDesk(who: "full" | "read" = "full", looks: Looks = {}): Promise<Page> {
  const page = await visit(looks);
  await signIn(page, inject("deployment")[who === "full" ? "fullKey" : "readKey"]);
  return page;
}

export async function signIn(page: Page, key: string): Promise<void> {
  await page.goto("/desk");
  await page.getByLabel("API key").fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Live calls" }).waitFor();
}

/** From here on it is no complaint that the page's session is not taken. */
export function expectSignedOut(page: Page): void {
  signedOut.add(page.context());
}

/** … until it signs in again. */
export function expectSignedIn(page: Page): void {
  signedOut.delete(page.context());
}

/** As if its time had run out: the page is told nothing. */
export async function endSession(page: Page): Promise<void> {
  expectSignedOut(page);
  const { url } = inject("deployment");
  const [cookie] = await page.context().cookies();
  const headers = { cookie: `${cookie?.name}=${cookie?.value}`, origin: url };
  expect((await fetch(`${url}/desk/session`, { method: "DELETE", headers })).status).toBe(204);
}

/** Errors on the console, violations of the policy and requests to other hosts are complaints. */
async function listen(context: BrowserContext, url: string): Promise<void> {
  const own = complaints;
  context.on("console", (message) => {
    if (message.type() !== "error") return;
    // What the desk asks on arrival: whether somebody is signed in.
    const isArrival = message.location().url.endsWith("/desk/session");
    if (message.text().includes("401") && (isArrival || signedOut.has(context))) return;
    own.push(`console: ${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => own.push(`error: ${error.error().message}`));
  context.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== url && protocol.startsWith("http")) own.push(`request to ${request.url()}`);
  });
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
      reportError(new Error(`policy: ${violatedDirective} ${blockedURI}`)),
    );
  });
}

/** For a test that provokes one: complaints that match are taken as given, also those to come, and there must be one. */
export function expectComplaint(pattern: RegExp): void {
  const matching = complaints.filter((text) => pattern.test(text));
  expect(matching.length, `a complaint that matches ${pattern}: ${complaints.join()}`).toBeGreaterThan(0);
  expected.push(pattern);
}
