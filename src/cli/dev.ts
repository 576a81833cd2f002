// npm run dev: the product on this machine, with a demo organisation in it.

import { startLocalWorker, stopOnSignal } from "./local-worker.ts";
import { DEFAULT_PORT, parseDevOptions, readOptions, REPOSITORY } from "./options.ts";
import { join } from "node:path";

const options = readOptions(parseDevOptions);
stopOnSignal();
const worker = await startLocalWorker(options, "inherit").catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});

const flags = [
  options.port === DEFAULT_PORT ? "" : ` --port ${options.port}`,
  options.stateFolder === join(REPOSITORY, ".wrangler/state") ? "" : ` --persist-to ${options.stateFolder}`,
].join("");
const { instance, url } = worker;

console.log(`
Trunkline runs at ${url}

Look at it: ${url}/desk, signed in with ${instance.adminKey}

Call somebody (the sandbox answers; no phone rings):

  curl -X POST ${url}/v1/calls \\
    -H 'Authorization: Bearer ${instance.apiKey}' \\
    -H 'Content-Type: application/json' \\
    -d '{"to":"+15005550030","campaign_id":"${instance.campaignId}","contact_name":"Priya Kumar"}'

Have somebody call in:

  curl ${url}/sandbox/inbound -u ${instance.seed.carrier.accountSid}:${instance.seed.carrier.authToken} \\
    -H 'Content-Type: application/json' \\
    -d '{"from":"+14155550192","to":"${instance.seed.carrier.number}"}'

See which calls live, then read one back, also while it lives:

  curl '${url}/api/voice/calls/live?call_type=all' -H 'Authorization: Bearer ${instance.apiKey}'

  curl ${url}/v1/calls/CALL_UUID -H 'Authorization: Bearer ${instance.apiKey}'

All keys and ids: npm run --silent dev:info${flags === "" ? "" : ` --${flags}`}
`);

process.exitCode = (await worker.ended) ?? 0;
