// Twilio's own OpenAPI document of its REST API, and whether a value is what it says. Works in the Worker and in Node.
// https://github.com/twilio/twilio-oai

import { z } from "zod";
import json from "../fixtures/twilio-openapi.json";

export type Schema = {
  $ref?: string | undefined;
  type?: "string" | "integer" | "number" | "boolean" | "array" | "object" | undefined;
  format?: string | undefined;
  enum?: string[] | undefined;
  pattern?: string | undefined;
  minLength?: number | undefined;
  maxLength?: number | undefined;
  minimum?: number | undefined;
  maximum?: number | undefined;
  nullable?: boolean | undefined;
  items?: Schema | undefined;
  properties?: Record<string, Schema> | undefined;
  required?: string[] | undefined;
};

// Strict: a keyword that is not known here would be one that is not looked at.
const schema: z.ZodType<Schema> = z.lazy(() =>
  z.strictObject({
    $ref: z.string().optional(),
    type: z.enum(["string", "integer", "number", "boolean", "array", "object"]).optional(),
    format: z.string().optional(),
    enum: z.array(z.string()).optional(),
    pattern: z.string().optional(),
    minLength: z.number().optional(),
    maxLength: z.number().optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    nullable: z.boolean().optional(),
    items: schema.optional(),
    properties: z.record(z.string(), schema).optional(),
    required: z.array(z.string()).optional(),
    title: z.string().optional(),
    default: z.unknown().optional(),
  }),
);

const parameter = z.strictObject({
  name: z.string(),
  in: z.enum(["path", "query"]),
  required: z.boolean().default(false),
  schema,
});

const content = <T extends string>(mediaType: T) => z.object({ [mediaType]: z.object({ schema }) });

const operation = z.strictObject({
  operationId: z.string(),
  parameters: z.array(parameter),
  requestBody: z.object({ content: content("application/x-www-form-urlencoded") }).optional(),
  responses: z.record(z.string(), z.object({ content: content("application/json").optional() })),
});

export type Operation = z.infer<typeof operation>;

const api = z
  .object({
    paths: z.record(z.string(), z.record(z.string(), operation)),
    components: z.object({ schemas: z.record(z.string(), schema) }),
  })
  .parse(json);

/** What the document says of a request, and the parameters in its path; undefined if it knows of none such. */
export function findOperation(
  method: string,
  pathname: string,
): { operation: Operation; inPath: Record<string, string> } | undefined {
  for (const [template, operations] of Object.entries(api.paths)) {
    const pattern = template.replaceAll(".", "\\.").replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)");
    const match = new RegExp(`^${pattern}$`).exec(pathname);
    const found = operations[method.toLowerCase()];
    if (match !== null && found !== undefined) return { operation: found, inPath: { ...match.groups } };
  }
  return undefined;
}

/** In what a JSON value is not as its schema says; `at` names it. */
export function misfitsOf(given: Schema, value: unknown, at: string): string[] {
  const { nullable, ...wanted } = given.$ref === undefined ? given : referred(given.$ref);
  if (value === null) return nullable === true ? [] : [`${at} is null`];
  const odd = [`${at} is ${JSON.stringify(value)}`];
  switch (wanted.type) {
    case undefined:
      return [];
    case "string":
      return typeof value === "string" && textFits(wanted, value) ? [] : odd;
    case "integer":
    case "number":
      return typeof value === "number" && numberFits(wanted, value) ? [] : odd;
    case "boolean":
      return typeof value === "boolean" ? [] : odd;
    case "array":
      if (!Array.isArray(value)) return odd;
      return value.flatMap((item, index) => misfitsOf(wanted.items ?? {}, item, `${at}[${index}]`));
    case "object": {
      const fields = z.record(z.string(), z.unknown()).safeParse(value);
      return fields.success ? fieldMisfits(wanted.properties, fields.data, at) : odd;
    }
  }
}

function fieldMisfits(
  known: Record<string, Schema> | undefined,
  fields: Record<string, unknown>,
  at: string,
): string[] {
  if (known === undefined) return [];
  const unknown = Object.keys(fields).filter((name) => known[name] === undefined);
  return [
    ...unknown.map((name) => `${at}.${name} is unknown`),
    ...Object.entries(known).flatMap(([name, each]) =>
      name in fields ? misfitsOf(each, fields[name], `${at}.${name}`) : [`${at}.${name} is missing`],
    ),
  ];
}

function referred(ref: string): Schema {
  const found = api.components.schemas[ref.replace("#/components/schemas/", "")];
  if (found === undefined) throw new Error(`The document has no ${ref}`);
  return found;
}

function numberFits(wanted: Schema, value: number): boolean {
  const { minimum = -Infinity, maximum = Infinity } = wanted;
  return (wanted.type === "number" || Number.isInteger(value)) && value >= minimum && value <= maximum;
}

function textFits(wanted: Schema, text: string): boolean {
  const { minLength = 0, maxLength = Infinity, pattern, format } = wanted;
  return (
    text.length >= minLength &&
    text.length <= maxLength &&
    wanted.enum?.includes(text) !== false &&
    (pattern === undefined || new RegExp(pattern).test(text)) &&
    (format === undefined || formatFits(format, text))
  );
}

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  // Of a page, it is relative to the API; one that was never set is shown as an empty text.
  uri: (text) => text === "" || URL.canParse(text) || /^\/2010-04-01\/\S+$/.test(text),
  endpoint: (text) => /^(\+[1-9]\d{6,14}|sip:\S+@\S+|client:\S+)$/.test(text),
  "phone-number": (text) => /^\+[1-9]\d{6,14}$/.test(text),
  "http-method": (text) => /^[A-Z]+$/.test(text),
  twiml: (text) => text.length <= 4000 && /^(<\?xml[^>]*\?>)?\s*<Response>.*<\/Response>\s*$/s.test(text),
  currency: (text) => /^[A-Z]{3}$/.test(text),
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text),
  "date-time": (text) => /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$/.test(text),
  "date-time-rfc-2822": (text) => /^[A-Z]\w\w, \d\d [A-Z]\w\w \d{4} \d\d:\d\d:\d\d \+0000$/.test(text),
};

function formatFits(format: string, text: string): boolean {
  const fits = FORMATS[format];
  if (fits === undefined) throw new Error(`No check for the format ${format}`);
  return fits(text);
}
