// npm run --silent setup: the first organisation of a deployment, with a Twilio account, as SQL on stdout. What
// its owner must keep (the key) goes to the terminal, which is stderr.

import { parseArgs } from "node:util";
import { newApiKey } from "../lib/api-key.ts";
import { newId } from "../lib/ids.ts";
import { parsePhone } from "../domain/phone.ts";
import { SCOPES } from "../domain/scopes.ts";
import { seedSql } from "./seed.ts";

/** As for every address that the Worker itself gives Twilio. */
const TRY_AGAIN = "#rc=5&rp=ct,rt,5xx";

const USAGE = `Usage: CREDENTIALS_KEY=… TWILIO_ACCOUNT_SID=AC… TWILIO_AUTH_TOKEN=… \\
  npm run --silent setup -- --number +1… --name "My company" [--countries US,IN] > setup.sql`;

const { values } = parseArgs({
  options: { number: { type: "string" }, name: { type: "string" }, countries: { type: "string" } },
});
const { CREDENTIALS_KEY, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, PUBLIC_BASE_URL } = process.env;
const number = parsePhone(values.number ?? "");

if (
  number === null ||
  !/^[^\p{Cc}]{1,200}$/u.test(values.name ?? "") ||
  !/^(\*|[A-Z]{2}(,[A-Z]{2})*)$/.test(values.countries ?? "*") ||
  !/^[A-Za-z0-9+/]{43}=$/.test(CREDENTIALS_KEY ?? "") ||
  !/^AC[0-9a-f]{32}$/.test(TWILIO_ACCOUNT_SID ?? "") ||
  !/^[\x21-\x7e]+$/.test(TWILIO_AUTH_TOKEN ?? "")
) {
  console.error(USAGE);
  process.exitCode = 1;
} else {
  const apiKey = newApiKey();
  const [campaignId, carrierId] = [newId("campaign"), newId("carrier")];
  const sql = await seedSql(
    {
      organisation: {
        id: newId("organisation"),
        name: values.name ?? "",
        allowedCountries: values.countries?.split(",") ?? null,
      },
      carrier: {
        id: carrierId,
        kind: "twilio",
        accountSid: TWILIO_ACCOUNT_SID ?? "",
        authToken: TWILIO_AUTH_TOKEN ?? "",
        // What Twilio grants an account to begin with.
        callsPerSecond: 1,
        number: number.e164,
      },
      agent: { id: newId("agent"), name: "Aria" },
      campaigns: [
        { id: campaignId, kind: "outbound", name: "First campaign", config: {} },
        { id: newId("campaign"), kind: "inbound", name: "Front desk", config: {} },
      ],
      keys: [{ id: newId("key"), name: "first key", secret: apiKey, scopes: SCOPES }],
      createdAt: Math.floor(Date.now() / 1000),
    },
    CREDENTIALS_KEY ?? "",
  );
  process.stdout.write(sql);
  console.error(
    [
      `API key (shown this once): ${apiKey}`,
      `Campaign: ${campaignId}`,
      `For calls that come in, the number's voice webhook: ${PUBLIC_BASE_URL ?? "https://YOUR-WORKER"}/carriers/${carrierId}/inbound${TRY_AGAIN}`,
    ].join("\n"),
  );
}
