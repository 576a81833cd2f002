// What an operation's definition says that it answers, and whether an answer is one of these.

import { z } from "zod";
import { app } from "../../src/http/app.ts";
import { problemSchema } from "../../src/http/problem.ts";

type Named = { method: string; path: string };
type Content = Record<string, { schema?: unknown } | undefined>;
type Definition = {
  method: string;
  path: string;
  request?: { query?: unknown; body?: { content: Content } };
  responses: Record<string, { content?: Content } | undefined>;
};

const definitions: Definition[] = app.openAPIRegistry.definitions.flatMap((definition) =>
  // Their types say less than there is.
  definition.type === "route" ? [definition.route as unknown as Definition] : [],
);

export function definitionOf({ method, path }: Named): Definition {
  const found = definitions.find((each) => each.path === path && each.method === method.toLowerCase());
  if (found === undefined) throw new Error(`${method} ${path} is not defined`);
  return found;
}

export function bodyFields(named: Named): string[] {
  return fieldsOf(definitionOf(named).request?.body?.content["application/json"]?.schema);
}

export function queryFields(named: Named): string[] {
  return fieldsOf(definitionOf(named).request?.query);
}

function fieldsOf(schema: unknown): string[] {
  if (schema === undefined) return [];
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  throw new Error("It is not an object's schema");
}

/** A problem as every refusal is. */
export async function readProblem(response: Response): Promise<z.infer<typeof problemSchema>> {
  const type = response.headers.get("content-type");
  if (type !== "application/problem+json") throw new Error(`${response.status} is no problem but ${type}`);
  const problem = z.strictObject(problemSchema.shape).parse(await response.json());
  if (problem.status !== response.status) throw new Error(`${response.status} says ${problem.status}`);
  if (problem.request_id !== response.headers.get("x-request-id")) throw new Error("Two request ids");
  return problem;
}

/** Throws unless the answer is one that the operation's definition names. */
export async function readDocumented(named: Named, response: Response): Promise<void> {
  const { status } = response;
  if (status >= 500 && status !== 503) throw new Error(`${status}: ${await response.text()}`);
  const described = definitionOf(named).responses[status];
  if (described === undefined) throw new Error(`${status} is not documented: ${await response.text()}`);
  const { content } = described;
  if (content?.["application/problem+json"] !== undefined) {
    await readProblem(response);
    return;
  }
  const type = (response.headers.get("content-type") ?? "").split(";")[0] ?? "";
  if (content === undefined) {
    const text = response.webSocket === null ? await response.text() : "";
    if (text !== "") throw new Error(`${status} has a body: ${text}`);
    return;
  }
  const schema = content[type]?.schema;
  if (!(schema instanceof z.ZodType)) throw new Error(`${status} is ${type}`);
  if (type === "application/json") schema.parse(await response.json());
  else await response.arrayBuffer();
}
