// npm run --silent dev:info: what a script needs to know of the local instance, as one JSON object.

import { DEMO_QUEUES } from "./demo-queues.ts";
import { readInstance } from "./instance.ts";
import { localUrl } from "./local-worker.ts";
import { parseDevOptions, readOptions } from "./options.ts";

const options = readOptions(parseDevOptions);
const instance = readInstance(options.stateFolder);

if (instance === null || !instance.seeded) {
  console.error("There is no local instance yet: start it with `npm run dev`.");
  process.exitCode = 1;
} else {
  const url = localUrl(options.port);
  console.log(
    JSON.stringify({
      url,
      api_key: instance.apiKey,
      admin_key: instance.adminKey,
      campaign_id: instance.campaignId,
      inbound_campaign_id: instance.inboundCampaignId,
      queues: DEMO_QUEUES.map(({ name }) => name),
      number: instance.seed.carrier.number,
      sandbox: {
        base_url: `${url}/sandbox`,
        account_sid: instance.seed.carrier.accountSid,
        auth_token: instance.seed.carrier.authToken,
      },
    }),
  );
}
