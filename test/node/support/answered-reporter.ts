// Fails a whole run in which some operation of the published contract was never answered with success: nothing would
// have held its answer against the contract.

import type { Reporter, TestModule, Vitest } from "vitest/node";

declare module "vitest" {
  /** What the Worker's tests leave with each test (test/setup.ts). */
  interface TaskMeta {
    published?: string[];
    answered?: string[];
  }
}

export class AnsweredReporter implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const all = await this.#vitest?.globTestSpecifications();
    if (all === undefined || modules.length < all.length) return;
    const answers = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.meta()));
    const answered = new Set(answers.flatMap((one) => one.answered ?? []));
    const missing = new Set(answers.flatMap((one) => one.published ?? []).filter((id) => !answered.has(id)));
    if (missing.size === 0) return;
    process.stderr.write(`No test had a successful answer of: ${[...missing].join(", ")}\n`);
    process.exitCode = 1;
  }
}
