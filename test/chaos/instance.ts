// One instance as a process of its own: the production bundle on the bare runtime, its state in a folder. A file tells
// it what to be. It waits to be told to begin, says once it answers, and ends when it is asked to, when it is killed,
// and when nobody is left who could ask.

import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { migrate, workerOptions } from "../runtime/worker.ts";
import { settingsSchema } from "./settings.ts";

const settings = settingsSchema.parse(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")));
const { folder, script, port, variables, seedSql, cronEveryMs } = settings;

process.once("disconnect", () => process.exit(0));
await once(process, "message");

const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    log: new Log(LogLevel.WARN),
    handleStructuredLogs: ({ message }) => void process.stdout.write(`${message}\n`),
    resourcePersistencePath: join(folder, "state"),
    // Nothing is asked for beyond this machine.
    cf: false,
    unsafeTriggerHandlers: true,
    workers: [workerOptions(script, variables, port)],
  }),
);
await miniflare.ready;
const laidOut = join(folder, "laid-out");
if (!existsSync(laidOut)) {
  await migrate(miniflare, seedSql);
  writeFileSync(laidOut, "");
}
// By a request: Miniflare's own handle on the Worker halts this process while the Worker may be waiting for it to take
// its log. What a poke fails at is done by the next.
const cron = setInterval(() => {
  const poked = miniflare.dispatchFetch("http://localhost/cdn-cgi/local/scheduled");
  void poked.then((response) => response.text()).catch(() => null);
}, cronEveryMs);

process.once("SIGTERM", () => {
  clearInterval(cron);
  void miniflare.dispose().then(() => process.exit(0));
});
process.send?.("ready");
