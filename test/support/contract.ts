// Holds every answer of a test against the published contract, strictly: a field, a status or a media type that the
// document does not name is a fault, and so is a header that it promises and that is not there.

import { dereference, validate, type Schema } from "@cfworker/json-schema";

type Json = { [name: string]: unknown };
type Answer = { status: number; headers: Headers; text: () => Promise<string> };
export type Asked = { method: string; path: string; body?: unknown };
export type Contract = {
  /** In what the answer differs from the contract. */
  faultsOf: (asked: Asked, answer: Answer) => Promise<string[]>;
  /** Throws if it differs. */
  hold: (asked: Asked, answer: Answer) => Promise<void>;
  /** The ids of all operations. */
  published: string[];
  /** The ids of those that answered with success. */
  answered: Set<string>;
};

type Media = Record<string, { schema?: Json }>;
type Response = { headers?: Record<string, Json>; content?: Media };
export type Operation = {
  operationId: string;
  summary?: string;
  tags?: string[];
  security?: Json[];
  requestBody?: { required?: boolean; content: Media };
  responses: Record<string, Response>;
};
export type ContractDocument = {
  openapi: string;
  info: Json;
  tags: { name: string; description?: string }[];
  paths: Record<string, Record<string, Operation>>;
  webhooks?: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, Json>>;
};

/** What is not the API's: the carriers' callbacks, the carrier in the box, and the files of a page. */
const NOT_OURS = /^\/(carriers|sandbox|docs)\//;

export function readContract(document: ContractDocument): Contract {
  const judge = judgeOf(document);
  const problem = {
    content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
  };
  const published = Object.values(document.paths).flatMap((item) =>
    Object.values(item).map(({ operationId }) => operationId),
  );
  const answered = new Set<string>();
  return {
    published,
    answered,
    async hold(asked, answer) {
      const faults = await this.faultsOf(asked, answer);
      if (faults.length === 0) return;
      const what = `${asked.method} ${asked.path} answered ${answer.status}`;
      const text = await answer.text();
      throw new Error(`${what}, which the contract does not have: ${faults.join("; ")}\n${text}`);
    },
    async faultsOf({ method, path, body }, answer) {
      const { pathname } = new URL(path, "http://contract");
      if (NOT_OURS.test(pathname)) return [];
      const operations = operationsAt(document, pathname);
      const isHead = method === "HEAD";
      const operation = operations?.[isHead ? "get" : method.toLowerCase()];
      const expected =
        operation === undefined ? problem : deref(document, operation.responses[answer.status]);
      if (operation === undefined && answer.status !== (operations === undefined ? 404 : 405)) {
        return [`${answer.status} where nothing is published`];
      }
      if (operation !== undefined && answer.status < 300) answered.add(operation.operationId);
      if (expected === undefined) return [`the status ${answer.status} is not published`];
      const accepted = operation !== undefined && answer.status < 300 && typeof body === "string";
      return [
        ...headerFaults(document, expected, answer.headers, judge),
        ...(isHead || answer.status === 101 ? [] : await bodyFaults(expected, answer, judge)),
        ...(accepted ? requestFaults(operation, body, judge) : []),
      ];
    },
  };
}

type Judge = (schema: Json, value: unknown, strictly: boolean) => string[];

/** @returns what is wrong with a value. `strictly`: a field that the schema does not name is wrong. */
function judgeOf(document: ContractDocument): Judge {
  const compiled = new Map<Json, { schema: Schema; lookup: Record<string, Schema | boolean> }>();
  const definitions = (closed: boolean) =>
    Object.fromEntries(
      Object.entries(document.components["schemas"] ?? {}).map(([name, one]) => [name, rulesOf(one, closed)]),
    );
  const shared = [definitions(false), definitions(true)] as const;
  return (schema, value, strictly) => {
    let known = compiled.get(schema);
    if (known === undefined) {
      const root = { ...(rulesOf(schema, strictly) as Json), $defs: copy(shared[strictly ? 1 : 0]) };
      known = { schema: root, lookup: dereference(root) };
      compiled.set(schema, known);
    }
    const { errors } = validate(value, known.schema, "2020-12", known.lookup, false);
    return errors.map((error) => `${error.instanceLocation} ${error.error}`);
  };
}

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value));

const OF_NAMES = new Set(["properties", "patternProperties", "$defs"]);
const OF_LIST = new Set(["anyOf", "oneOf", "prefixItems"]);
const OF_ONE = new Set(["items", "additionalProperties", "not", "contains", "propertyNames"]);
const NO_RULES = new Set(["example", "examples", "default", "description", "title"]);

/** The schema's rules alone, its references pointing to `$defs`. @param closed no field but those that are named. */
function rulesOf(schema: unknown, closed: boolean): unknown {
  if (typeof schema !== "object" || schema === null) return schema;
  const rules: Json = {};
  for (const [key, value] of Object.entries(schema)) {
    if (NO_RULES.has(key)) continue;
    if (key === "$ref") rules[key] = String(value).replace("#/components/schemas/", "#/$defs/");
    else if (OF_NAMES.has(key)) {
      rules[key] = Object.fromEntries(
        Object.entries(value as Json).map(([name, one]) => [name, rulesOf(one, closed)]),
      );
    } else if (OF_LIST.has(key)) rules[key] = (value as unknown[]).map((one) => rulesOf(one, closed));
    // The parts of a whole each name only some of its fields.
    else if (key === "allOf") rules[key] = (value as unknown[]).map((one) => rulesOf(one, false));
    else if (OF_ONE.has(key)) rules[key] = rulesOf(value, closed);
    else rules[key] = value;
  }
  if (closed && "properties" in rules && !("additionalProperties" in rules))
    rules["additionalProperties"] = false;
  return rules;
}

/** The operations of the path that is meant; one that is written out is meant before one with a parameter. */
function operationsAt(document: ContractDocument, pathname: string) {
  const parts = pathname.split("/");
  const fits = Object.keys(document.paths).filter((path) => {
    const pattern = path.split("/");
    return (
      pattern.length === parts.length &&
      pattern.every((part, i) => (part.startsWith("{") ? parts[i] !== "" : part === parts[i]))
    );
  });
  const [best] = fits.toSorted((a, b) => a.split("{").length - b.split("{").length);
  return best === undefined ? undefined : document.paths[best];
}

function deref<T>(document: ContractDocument, value: T): T {
  const ref = typeof value === "object" && value !== null && "$ref" in value ? String(value.$ref) : null;
  if (ref === null) return value;
  const [, , kind = "", name = ""] = ref.split("/");
  return document.components[kind]?.[name] as T;
}

function headerFaults(
  document: ContractDocument,
  expected: Response,
  headers: Headers,
  judge: Judge,
): string[] {
  return Object.entries(expected.headers ?? {}).flatMap(([name, reference]) => {
    const { required, schema } = deref(document, reference) as { required?: boolean; schema: Json };
    const text = headers.get(name);
    if (text === null) return required === true ? [`the header ${name} is missing`] : [];
    const value = schema["type"] === "integer" ? Number(text) : text;
    return judge(schema, value, true).map((fault) => `the header ${name}: ${fault}`);
  });
}

async function bodyFaults({ content = {} }: Response, answer: Answer, judge: Judge): Promise<string[]> {
  const type = answer.headers.get("content-type")?.split(";")[0] ?? "";
  if (Object.keys(content).length === 0) {
    return type === "" && (await answer.text()) === "" ? [] : [`no body is published, this one is ${type}`];
  }
  const media = content[type];
  if (media === undefined) return [`the media type ${type} is not published`];
  if (!type.endsWith("json") || media.schema === undefined) return [];
  return judge(media.schema, JSON.parse(await answer.text()), true);
}

/** What was taken must be what the contract says may be sent. */
function requestFaults({ requestBody }: Operation, body: string, judge: Judge): string[] {
  const schema = requestBody?.content["application/json"]?.schema;
  if (schema === undefined) return [];
  if (body === "") return requestBody?.required === true ? ["no body was taken"] : [];
  return judge(schema, JSON.parse(body), false).map((fault) => `the body that was taken: ${fault}`);
}
