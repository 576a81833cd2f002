// Whatever is sent to an operation, the answer is one that the contract has (`request` sees to that) and no failure of
// ours, and what is refused changes nothing.
// Input is drawn at random (test/support/hostile.ts); a failure prints the request, and the seed that draws it again.

import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { bodyFields, queryFields, readProblem } from "../support/answers.ts";
import { request } from "../support/api.ts";
import * as hostile from "../support/hostile.ts";
import * as hostileRequests from "../support/hostile-requests.ts";
import { expectCommonHeaders, pathOf, requestOf } from "../support/operations.ts";
import { createOrganisation, type Organisation } from "../support/organisation.ts";
import { orgRows, type OrgRows } from "../support/org-rows.ts";
import type { Names } from "../support/path-objects.ts";
import { until } from "../support/wait.ts";
import { OPERATIONS, type Operation } from "./operations.ts";

const BODIES = 30;
const OTHERS = 12;

type Sent = {
  path: string;
  headers: Record<string, string>;
  body?: Uint8Array<ArrayBuffer>;
};

/** An organisation with what the operation's path names. */
class House {
  org: Organisation;
  names: Names;
  rows: OrgRows;

  private constructor(org: Organisation, names: Names, rows: OrgRows) {
    [this.org, this.names, this.rows] = [org, names, rows];
  }

  static async of({ names }: Operation): Promise<House> {
    const org = await createOrganisation();
    const made = (await names?.(org)) ?? {};
    return new House(org, made, await orgRows(org.orgId));
  }

  /** Settles when no call of it lives any more, and each is analysed: they write on. */
  async rest(): Promise<void> {
    await until(
      () =>
        env.DB.prepare(
          "SELECT id FROM calls WHERE org_id = ? AND (status <> 'ended' OR projected_seq > 0 AND analysis IS NULL)",
        )
          .bind(this.org.orgId)
          .first(),
      (live) => live === null,
    );
    this.rows = await orgRows(this.org.orgId);
  }
}

describe.for(OPERATIONS.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
  "%s",
  ([, operation]) => {
    let house: House;

    beforeAll(async () => {
      house = await House.of(operation);
    });

    test.runIf(operation.body !== undefined)("with any body", async () => {
      const valid = operation.body?.(house.org) ?? {};
      const bodies = fc.record({
        body: hostile.body(valid, bodyFields(operation)),
        headers: fc.oneof(
          { weight: 3, arbitrary: fc.constant({}) },
          { weight: 1, arbitrary: hostileRequests.headers },
        ),
      });
      await holds(BODIES, bodies, ({ body, headers }) => ({
        path: pathOf(operation, house.names),
        headers: { "content-type": "application/json", ...headers },
        body,
      }));
    });

    test("with any query, headers and names in its path", async () => {
      const parameters = Object.keys(house.names).filter((each) => operation.path.includes(`{${each}}`));
      const anything = fc.record({
        kind: fc.constantFrom("query", "headers", ...(parameters.length > 0 ? ["path"] : [])),
        query: hostileRequests.query(queryFields(operation)),
        headers: hostileRequests.headers,
        parameter: fc.constantFrom(...parameters, ""),
        segment: hostileRequests.escaped,
      });
      const plain = requestOf(operation, house.org);
      await holds(OTHERS, anything, ({ kind, query, headers, parameter, segment }) => {
        const renamed = kind === "path" ? { ...house.names, [parameter]: segment } : house.names;
        const path = pathOf(operation, renamed, kind === "path" ? parameter : undefined);
        return {
          path: kind === "query" ? `${path.split("?")[0]}?${query}` : path,
          headers: { ...plain.headers, ...(kind === "headers" ? headers : {}) },
          ...(plain.body === undefined ? {} : { body: hostile.encode(plain.body) }),
        };
      });
    });

    /** Sends what is drawn, and judges each answer. */
    async function holds<T>(
      numRuns: number,
      drawn: fc.Arbitrary<T>,
      toSent: (value: T) => Sent,
    ): Promise<void> {
      const property = fc.asyncProperty(drawn, async (value) => {
        const sent = toSent(value);
        try {
          await judge(operation, house, sent);
        } catch (error) {
          throw new Error(`${operation.method} ${describeRequest(sent)}\n${String(error)}`, { cause: error });
        }
        if (operation.method === "DELETE" && house.rows["gone"] !== undefined)
          house = await House.of(operation);
      });
      await fc.assert(property, { numRuns, endOnFailure: true, asyncReporter: report });
      await readsAll(house.org);
    }
  },
);

/** The request says more than what it was drawn from. */
async function report<T>({
  failed,
  seed,
  counterexamplePath,
  errorInstance,
}: fc.RunDetails<T>): Promise<void> {
  if (!failed) return;
  const { message } = errorInstance instanceof Error ? errorInstance : { message: "It was not run" };
  throw new Error(`With seed ${seed}, path "${counterexamplePath}":\n${message}`);
}

async function judge(operation: Operation, house: House, { path, headers, body }: Sent): Promise<void> {
  const { org } = house;
  const response = await request(path, org.apiKey, {
    method: operation.method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  response.webSocket?.accept();
  response.webSocket?.close();
  expectCommonHeaders(response, operation.path);
  const isRefused = response.status >= 400;
  // 412 and 416 tell all in their headers.
  if (isRefused && response.headers.has("content-type")) {
    const { code } = await readProblem(response);
    expect(code).not.toBe("internal_error");
  } else await response.body?.cancel();
  if (isRefused || operation.method === "GET") {
    expect(await orgRows(org.orgId)).toEqual(house.rows);
  } else {
    await house.rest();
    if (operation.method === "DELETE") house.rows["gone"] = "";
  }
}

/** What was taken in must not make unreadable what is read. */
async function readsAll(org: Organisation): Promise<void> {
  const lists = OPERATIONS.filter(
    ({ method, names, success }) => method === "GET" && names === undefined && success === 200,
  );
  for (const list of lists) {
    const response = await request(pathOf(list, {}), org.apiKey);
    expect([list.path, response.status]).toEqual([list.path, 200]);
  }
}

function describeRequest({ path, headers, body }: Sent): string {
  const shown = body === undefined ? "" : new TextDecoder().decode(body);
  const cut = shown.length > 1_000 ? `${shown.slice(0, 1_000)}… (${shown.length})` : shown;
  return `${path.slice(0, 500)}\n${JSON.stringify(headers).slice(0, 500)}\n${JSON.stringify(cut)}`;
}
