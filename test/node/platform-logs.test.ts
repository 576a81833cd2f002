// What the platform may keep of a request, in every environment: no keys, which stand in queries, and no phone
// numbers, which stand in paths.

import { resolve } from "node:path";
import { expect, test } from "vitest";
import { unstable_readConfig as readConfig } from "wrangler";
import { REPOSITORY } from "../../src/cli/options.ts";

test.each([undefined, "production"])("environment %s: no addresses in the platform's logs", (env) => {
  const { observability } = readConfig({ config: resolve(REPOSITORY, "wrangler.toml"), env });
  expect(observability).toEqual({
    enabled: true,
    redact_query_string: true,
    logs: { enabled: true, invocation_logs: false },
  });
});
