// Tests in a real browser, apart from the others: they need Chromium (CONTRIBUTING.md says where from).

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["**/*.test.ts"],
    globalSetup: ["./support/deployment.ts"],
    // Pages mostly wait, and tests of different files have nothing in common but the deployment.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A call takes its time, and a slow machine more of it.
    expect: { poll: { timeout: 20_000 } },
  },
});
