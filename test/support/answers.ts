// What an operation takes, by its definition, and what a refusal is.

import { z } from "zod";
import { app } from "../../src/http/app.ts";
import { problemSchema } from "../../src/http/problem.ts";

type Named = { method: string; path: string };
type Definition = {
  method: string;
  path: string;
  request?: { query?: unknown; body?: { content: Record<string, { schema?: unknown } | undefined> } };
};

const definitions: Definition[] = app.openAPIRegistry.definitions.flatMap((definition) =>
  // Their types say less than there is.
  definition.type === "route" ? [definition.route as unknown as Definition] : [],
);

function definitionOf({ method, path }: Named): Definition {
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
