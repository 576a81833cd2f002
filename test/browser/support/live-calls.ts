// Calls that live while a test looks at them.

import type { Locator, Page } from "playwright-core";
import { expect, inject, onTestFinished } from "vitest";
import { askApi, tryApi } from "./api.ts";
import { actOn, callInTyped, type Sandbox } from "../../../src/cli/sandbox-calls.ts";

/** Waits for as long as a call may take. */
export const eventually = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 20_000 });

export async function endCall(id: string): Promise<void> {
  await askApi("POST", endPath(id), ENDING);
}

const ENDING = { reason: "workflow_close" };
const endPath = (id: string): string => `/api/voice/calls/${id}/end`;

/** @param first of the numbers +1500LLL…, LLL: each test file has its own, since no number is called twice at once. */
export function peopleFrom(first: number) {
  let next = first;
  const newNumber = (behaves: string): string => {
    next += 1;
    return `+1500${next}${behaves}`;
  };

  /** A call to somebody of this name, who never stops talking. It is ended when the test is over. */
  const place = async (name: string): Promise<string> => {
    const { campaignId } = inject("deployment");
    const body = { to: newNumber("0038"), campaign_id: campaignId, contact_name: name };
    const { call_uuid: id } = await askApi<{ call_uuid: string }>("POST", "/v1/calls", body);
    onTestFinished(async () => {
      const { status } = await tryApi("POST", endPath(id), { body: ENDING });
      // Most have ended by then.
      expect([200, 202, 409], "what an end is answered").toContain(status);
    });
    return id;
  };

  /** Somebody whose words are ours calls in. */
  const callIn = async () => {
    const { url, carrier } = inject("deployment");
    const sandbox: Sandbox = { url, ...carrier };
    const caller = newNumber("0080");
    const sid = await callInTyped(sandbox, caller, carrier.number);
    const act = async (...given: Parameters<typeof actOn>[2]): Promise<void> => {
      // Nobody hears it before the call is connected.
      await eventually(() => actOn(sandbox, sid, given)).toBe(true);
    };
    onTestFinished(async () => {
      await actOn(sandbox, sid, ["hang-up"]);
    });
    return { caller, hear: (text: string) => act("say", { text }), hangUp: () => act("hang-up") };
  };
  return { place, callIn };
}

export function rowOf(page: Page, name: string): Locator {
  return page.getByRole("region", { name: "Live calls" }).getByRole("row").filter({ hasText: name });
}

export function panelOf(page: Page): Locator {
  return page.getByRole("region", { name: "Chosen call" });
}

export async function choose(page: Page, name: string): Promise<void> {
  await rowOf(page, name).getByRole("button").click();
  await panelOf(page).getByRole("heading", { name }).waitFor();
}
