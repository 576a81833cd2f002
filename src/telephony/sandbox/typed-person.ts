// The doors of the built-in carrier for a person whose words are typed. No carrier of real people has such doors; here
// they are spoken to over HTTP, with the account's credentials, as its REST API is.

import { z } from "zod";
import { bounded } from "../../lib/bounded.ts";
import { withDeadline } from "../../lib/deadline.ts";
import { describeError } from "../../lib/log.ts";
import type { PersonAct, PersonActResult, TypedPerson } from "../provider.ts";

type Options = {
  accountSid: string;
  authToken: string;
  apiBaseUrl: string;
  fetch: typeof fetch;
};

const TIMEOUT_MS = 10_000;
const LONGEST_ANSWER_BYTES = 65_536;
/** Whoever is on the line speaks for itself. */
const NOT_TYPED = 20410;

const errorSchema = z.object({ code: z.number() });

export function createTypedPerson(options: Options): TypedPerson {
  return { act: (carrierCallId, act) => send(options, carrierCallId, act) };
}

async function send(options: Options, carrierCallId: string, act: PersonAct): Promise<PersonActResult> {
  const { accountSid, authToken, apiBaseUrl } = options;
  const { door, body } = doorOf(act);
  try {
    return await withDeadline(TIMEOUT_MS, async (signal) => {
      const response = await options.fetch(`${apiBaseUrl}/calls/${carrierCallId}/${door}`, {
        method: "POST",
        redirect: "manual",
        signal,
        headers: {
          authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}`,
          "content-type": "application/json",
        },
        body: JSON.stringify(body),
      });
      return resultOf(response.status, await (await bounded(response, LONGEST_ANSWER_BYTES)).text());
    });
  } catch (error) {
    return { kind: "failed", detail: describeError(error) };
  }
}

function doorOf(act: PersonAct): { door: string; body: object } {
  switch (act.kind) {
    case "say":
      return { door: "say", body: { text: act.text } };
    case "talk_on":
      return { door: "talk-on", body: { text: act.text } };
    case "press":
      return { door: "press", body: { digits: act.digits } };
    case "hang_up":
      return { door: "hang-up", body: {} };
  }
}

/** A call that the carrier does not know, or not any more, has nobody who hears. */
function resultOf(status: number, body: string): PersonActResult {
  if (status >= 200 && status < 300) return { kind: "done" };
  if (status === 404) return { kind: "unheard" };
  if (status === 409) return { kind: codeOf(body) === NOT_TYPED ? "not_typed" : "unheard" };
  return { kind: "failed", detail: `status ${status}` };
}

function codeOf(body: string): number | null {
  try {
    return errorSchema.safeParse(JSON.parse(body)).data?.code ?? null;
  } catch {
    return null;
  }
}
