// npm run --silent dev:info: what a script needs to know of the local instance, as one JSON object; with --shell, as
// commands that set it in a shell.

import { DEMO_QUEUES } from "./demo-queues.ts";
import { readInstance } from "./instance.ts";
import { localUrl } from "./local-worker.ts";
import { parseDevInfoOptions, readOptions } from "./options.ts";

const options = readOptions(parseDevInfoOptions);
const instance = readInstance(options.stateFolder);

if (instance === null || !instance.seeded) {
  console.error("There is no local instance yet: start it with `npm run dev`.");
  process.exitCode = 1;
} else {
  const url = localUrl(options.port);
  const { accountSid, authToken, number } = instance.seed.carrier;
  const variables = {
    URL: url,
    API_KEY: instance.apiKey,
    ADMIN_KEY: instance.adminKey,
    CAMPAIGN_ID: instance.campaignId,
    ACCOUNT_SID: accountSid,
    AUTH_TOKEN: authToken,
  };
  const facts = {
    url,
    api_key: instance.apiKey,
    admin_key: instance.adminKey,
    campaign_id: instance.campaignId,
    inbound_campaign_id: instance.inboundCampaignId,
    queues: DEMO_QUEUES.map(({ name }) => name),
    number,
    sandbox: { base_url: `${url}/sandbox`, account_sid: accountSid, auth_token: authToken },
  };
  console.log(options.shell ? toShell(variables) : JSON.stringify(facts));
}

/** None of the values has a quote in it. */
function toShell(variables: Record<string, string>): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value}'`)
    .join("\n");
}
