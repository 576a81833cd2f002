// The published contract (OpenAPI 3.1), made of the routes' own definitions: what they check is what it says.

import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "zod";
import { problemSchema } from "../problem.ts";
import { describeEvents } from "./events.ts";
import { headerComponents, PARAMETERS } from "./headers.ts";
import { INFO, SECURITY_SCHEMES, TAGS } from "./info.ts";
import { SchemaComponents, type Direction, type Json } from "./json-schema.ts";
import { problemExamples, sharedRefusal } from "./refusals.ts";

type Definition = { type: string; route?: RouteConfig };
type Documents = {
  openapi: string;
  paths: Record<string, Json>;
  webhooks: Record<string, Json>;
  components: Record<string, Json>;
} & Json;

export function buildDocument(definitions: readonly Definition[], baseUrl: string): Documents {
  const shapes = new SchemaComponents();
  shapes.toSchema(problemSchema, "output");
  const routes = definitions.flatMap(({ route }) => (route === undefined ? [] : [route]));
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route, shapes) };
  }
  const used = new Set(routes.flatMap(({ tags = [] }) => tags));
  const { document, schemas } = shapes.resolve({
    openapi: "3.1.0",
    info: INFO,
    servers: [{ url: baseUrl, description: "This deployment" }],
    tags: [...new Set([...Object.keys(TAGS), ...used])]
      .filter((name) => used.has(name))
      .map((name) => ({ name, description: TAGS[name] })),
    paths,
    webhooks: describeEvents("Webhooks", shapes),
  });
  const components = usedOf([document.paths, document.webhooks], {
    schemas,
    responses: Object.fromEntries(refsIn(paths).flatMap((ref) => [sharedRefusal(ref) ?? []].filter(isPair))),
    headers: headerComponents,
    parameters: PARAMETERS,
    examples: problemExamples(baseUrl),
  });
  return { ...document, components: { ...components, securitySchemes: SECURITY_SCHEMES } };
}

const isPair = (entry: [string, Json] | never[]): entry is [string, Json] => entry.length === 2;

function operation(
  { path, method, request, responses, ...rest }: RouteConfig,
  shapes: SchemaComponents,
): Json {
  try {
    const parameters = [
      ...(rest.parameters ?? []),
      ...parametersOf(request?.params, "path", shapes),
      ...parametersOf(request?.query, "query", shapes),
      // A key in the query is said by `security`.
    ].filter((parameter) => !("name" in parameter) || parameter.name !== SECURITY_SCHEMES.token.name);
    const answers = Object.entries(responses).map(([status, response]) => [
      status,
      "content" in response ? withContent(response, "output", shapes) : response,
    ]);
    const message = rest["x-websocket-message"];
    return {
      ...rest,
      ...(message instanceof z.ZodType && { "x-websocket-message": shapes.toSchema(message, "output") }),
      ...(parameters.length > 0 && { parameters }),
      ...(request?.body && { requestBody: withContent(request.body, "input", shapes) }),
      responses: Object.fromEntries(answers),
    };
  } catch (error) {
    throw new Error(`${method} ${path} can't be described`, { cause: error });
  }
}

function withContent(part: object, io: Direction, shapes: SchemaComponents): Json {
  const content = "content" in part && part.content !== undefined ? Object.entries(part.content as Json) : [];
  return {
    ...part,
    content: Object.fromEntries(
      content.map(([type, media]) => [type, { ...(media as Json), ...schemaOf(media, io, shapes) }]),
    ),
  };
}

function schemaOf(media: unknown, io: Direction, shapes: SchemaComponents): Json {
  const schema = typeof media === "object" && media !== null && "schema" in media ? media.schema : undefined;
  return schema instanceof z.ZodType ? { schema: shapes.toSchema(schema, io) } : {};
}

function parametersOf(shape: unknown, where: "path" | "query", shapes: SchemaComponents): Json[] {
  if (shape === undefined) return [];
  if (!(shape instanceof z.ZodObject)) throw new Error("Parameters must be an object's fields");
  return Object.entries<z.ZodType>(shape.shape).map(([name, field]) => {
    const { description, ...schema } = parameterSchema(field, shapes);
    return {
      name,
      in: where,
      required: where === "path" || !field.safeParse(undefined).success,
      description,
      schema,
    };
  });
}

/** A parameter comes as text; one that is read as a number says so. */
function parameterSchema(field: z.ZodType, shapes: SchemaComponents): Json {
  const asRead = shapes.toSchema(field, "output");
  const isPlain = ["integer", "number", "boolean"].includes(String(asRead["type"]));
  return isPlain ? asRead : shapes.toSchema(field, "input");
}

/** Those components that something refers to, be it another component. */
function usedOf(operations: unknown, all: Record<string, Record<string, unknown>>): Record<string, Json> {
  const used = new Set<string>();
  const visit = (value: unknown): void => {
    for (const ref of refsIn(value)) {
      if (used.has(ref)) continue;
      used.add(ref);
      const [, , kind = "", name = ""] = ref.split("/");
      visit(all[kind]?.[name]);
    }
  };
  visit(operations);
  const kept = Object.entries(all).map(([kind, components]) => [
    kind,
    Object.fromEntries(
      Object.entries(components).filter(([name]) => used.has(`#/components/${kind}/${name}`)),
    ),
  ]);
  return Object.fromEntries(kept);
}

function refsIn(value: unknown): string[] {
  const refs = new Set<string>();
  JSON.stringify(value ?? null, (key, inner) => {
    if (key === "$ref" && typeof inner === "string") refs.add(inner);
    return inner;
  });
  return [...refs];
}
