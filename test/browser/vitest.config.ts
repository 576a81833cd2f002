// Tests in a real browser, apart from the others: they need Chromium (CONTRIBUTING.md says where from).

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["**/*.test.ts"],
    globalSetup: ["./support/deployment.ts"],
    // One deployment and two cores: pages side by side would only wait for each other.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A call takes its time, and a slow machine more of it.
    expect: { poll: { timeout: 20_000 } },
  },
});
