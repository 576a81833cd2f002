// npm run screenshots: the desk's main pages as the README shows them, of a deployment of its own.

import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { REPOSITORY } from "../../../src/cli/options.ts";
import { stopOnSignal } from "../../../src/cli/local-worker.ts";
import { launchBrowser } from "../support/browser.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { clientOf, liveThroughDay, placeLivingCalls } from "./day.ts";
import { shrinkPng } from "./png.ts";

type Theme = "light" | "dark";
/** `sees`: what the page shows when it is ready to be shown. */
type Screen = { name: string; path: string; sees: string; themes: readonly Theme[] };

const FOLDER = join(REPOSITORY, ".github/screenshots");
const VIEWPORT = { width: 1280, height: 800 };
const LOOK_MS = 10_000;

stopOnSignal();
mkdirSync(FOLDER, { recursive: true });
// Every fourth time the receiver has a bad moment, so that its log has something to tell.
let heard = 0;
const receiver = createServer((request, response) => {
  heard += 1;
  const isBad = heard % 4 === 0;
  request
    .resume()
    .once("end", () => response.writeHead(isBad ? 503 : 200).end(isBad ? "try later" : "taken"));
}).listen(0, "127.0.0.1");
await once(receiver, "listening");

const { deployment, stop } = await startDeployment();
try {
  await takeAll(deployment);
} finally {
  receiver.close();
  receiver.closeAllConnections();
  await stop();
}

async function takeAll(running: Deployment): Promise<void> {
  const ask = clientOf(running);
  const { campaignId } = running;
  const receiverUrl = `http://localhost:${(receiver.address() as AddressInfo).port}/hooks/calls`;
  const { webhookId, callId } = await liveThroughDay(ask, { campaignId, receiverUrl });
  const browser = await launchBrowser();
  try {
    const open = { light: await openDesk(browser, "light"), dark: await openDesk(browser, "dark") };
    const liveCallId = await placeLivingCalls(ask, campaignId);
    for (const screen of screensOf({ webhookId, callId, liveCallId })) {
      for (const theme of screen.themes) await take(open[theme], screen, theme);
    }
  } finally {
    await browser.close();
  }

  async function openDesk(from: Browser, theme: Theme): Promise<Page> {
    const looks = { viewport: VIEWPORT, colorScheme: theme, locale: "en-GB", timezoneId: "UTC" };
    const context = await from.newContext({ baseURL: running.url, ...looks });
    const headers = { origin: running.url };
    await context.request.post("/desk/session", { headers, data: { key: running.fullKey } });
    return context.newPage();
  }
}

/** What lives comes first: it does not live for long. */
function screensOf(ids: { webhookId: string; callId: string; liveCallId: string }): Screen[] {
  const both: Theme[] = ["light", "dark"];
  const light: Theme[] = ["light"];
  return [
    { name: "live", path: `/desk?call=${ids.liveCallId}`, sees: "Noor Haddad", themes: both },
    { name: "call", path: `/desk/calls/${ids.callId}`, sees: "+15005510030", themes: both },
    { name: "calls", path: "/desk/calls", sees: "voicemail", themes: light },
    { name: "numbers", path: "/desk/numbers", sees: "connect rate", themes: light },
    { name: "campaigns", path: "/desk/campaigns", sees: "active", themes: light },
    { name: "queues", path: "/desk/queues", sees: "somebody is free", themes: light },
    { name: "webhooks", path: `/desk/webhooks/${ids.webhookId}`, sees: "call.analyzed", themes: light },
  ];
}

async function take(page: Page, { name, path, sees, themes }: Screen, theme: Theme): Promise<void> {
  await page.goto(path);
  const isSeen = await page
    .getByRole("main")
    .getByText(sees)
    .filter({ visible: true })
    .first()
    .waitFor({ timeout: LOOK_MS })
    .then(() => true)
    .catch(() => false);
  await page.waitForLoadState("networkidle", { timeout: LOOK_MS }).catch(() => null);
  const file = `${name}${theme === "dark" && themes.length > 1 ? "-dark" : ""}.png`;
  const png = shrinkPng(await page.screenshot({ animations: "disabled", caret: "hide" }));
  writeFileSync(join(FOLDER, file), png);
  const remark = isSeen ? "" : ` (${path} did not show "${sees}")`;
  process.stdout.write(`${file} ${Math.ceil(png.length / 1024)} KB${remark}\n`);
}
