// npm run --silent setup: the first organisation of a deployment and a key to it, as SQL on stdout. Everything else is
// made over the API with that key, which goes to the terminal: that is stderr.

import { parseArgs } from "node:util";
import { newApiKey } from "../lib/api-key.ts";
import { newId } from "../lib/ids.ts";
import { SCOPES } from "../domain/scopes.ts";
import { beginningSql } from "./seed.ts";

const USAGE = `Usage: npm run --silent setup -- --name "My company" [--countries US,IN] > setup.sql
  --countries  where it may call, as ISO 3166 codes, or '*' for everywhere; without, the countries of its numbers`;

type Options = { name: string; countries: string[] | null };

const options = readOptions();
if (options === null) {
  console.error(USAGE);
  process.exitCode = 1;
} else {
  const apiKey = newApiKey();
  const organisationId = newId("organisation");
  process.stdout.write(
    await beginningSql({
      organisation: { id: organisationId, name: options.name, allowedCountries: options.countries },
      keys: [{ id: newId("key"), name: "first key", secret: apiKey, scopes: SCOPES }],
      createdAt: Math.floor(Date.now() / 1000),
    }),
  );
  console.error(`Organisation: ${organisationId}\nAPI key (shown this once, may do everything): ${apiKey}`);
}

/** Null for what is missing, unknown or of no use. */
function readOptions(): Options | null {
  try {
    const { values } = parseArgs({ options: { name: { type: "string" }, countries: { type: "string" } } });
    const { name = "", countries } = values;
    if (!/^[^\p{Cc}\p{Cs}]{1,200}$/u.test(name) || name.trim() === "") return null;
    if (!/^(\*|[A-Z]{2}(,[A-Z]{2})*)$/.test(countries ?? "*")) return null;
    return { name: name.trim(), countries: countries?.split(",") ?? null };
  } catch {
    return null;
  }
}
