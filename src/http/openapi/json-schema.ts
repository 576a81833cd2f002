// zod's shapes as JSON Schema (2020-12, which OpenAPI 3.1 speaks). Shapes with an id become components. What goes in and
// what comes out of one shape may differ (a field with a default is optional in one, there in the other): the one that
// goes in is then called `<id>Input`.

import { z } from "zod";

export type Json = { [name: string]: unknown };
export type Direction = "input" | "output";

const REF = "#/components/schemas/";

export class SchemaComponents {
  readonly #schemas = { input: new Map<string, Json>(), output: new Map<string, Json>() };

  toSchema(schema: z.ZodType, io: Direction): Json {
    const { $schema: _, $defs = {}, ...root } = convert(schema, io);
    for (const [id, definition] of Object.entries($defs)) {
      this.#schemas[io].set(id, mark(definition, io));
    }
    return mark(root, io);
  }

  /** The document with its marks made references, and the components they refer to. */
  resolve<T>(document: T): { document: T; schemas: Record<string, Json> } {
    const { input, output } = this.#schemas;
    const names = new Map<string, string>();
    for (const id of output.keys()) names.set(`${REF}output:${id}`, id);
    for (const [id, schema] of input) {
      const isSame = !output.has(id) || withoutMarks(schema) === withoutMarks(output.get(id));
      names.set(`${REF}input:${id}`, isSame ? id : `${id}Input`);
    }
    const rename = <V>(value: V): V =>
      JSON.parse(JSON.stringify(value), (key, text) =>
        key === "$ref" && names.has(text) ? REF + names.get(text) : text,
      );
    const all = [...input].map(([id, schema]) => [names.get(`${REF}input:${id}`) ?? id, schema] as const);
    const schemas = rename(Object.fromEntries([...all, ...output]));
    return { document: rename(document), schemas };
  }
}

function convert(schema: z.ZodType, io: Direction): Json & { $defs?: Record<string, Json> } {
  return z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      const { _zod: inner } = zodSchema;
      if (NOT_JSON.has(inner.def.type)) throw new Error(`${inner.def.type} has no JSON`);
      Object.assign(jsonSchema, beforeTransform(zodSchema));
      tidy(inner.bag["patterns"], jsonSchema, io);
    },
  });
}

const NOT_JSON: ReadonlySet<string> = new Set(["bigint", "custom", "date", "map", "set", "symbol"]);

/** What a transform makes of a value has no schema; as we answer it, it looks as it may be sent. */
function beforeTransform(schema: z.core.$ZodType): Json {
  if (!(schema instanceof z.ZodPipe) || !(schema.def.out instanceof z.ZodTransform)) return {};
  const { in: before } = schema.def;
  if (!(before instanceof z.ZodType)) return {};
  const { $schema: _, ...described } = convert(before, "input");
  return described;
}

function tidy(patterns: unknown, schema: z.core.JSONSchema.BaseSchema, io: Direction): void {
  // JSON Schema's patterns have no flags; without its `i` one would refuse what we take.
  const hasFlag = patterns instanceof Set && [...patterns].some((each: RegExp) => each.flags.includes("i"));
  if (hasFlag) delete schema.pattern;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.type === "integer") delete schema.pattern;
  if (JSON.stringify(schema.propertyNames) === '{"type":"string"}') delete schema.propertyNames;
  // Answers may grow fields, and clients must bear that.
  if (io === "output" && schema.additionalProperties === false) delete schema.additionalProperties;
}

/** Remembers in a reference which direction it came from. */
function mark(schema: Json, io: Direction): Json {
  return JSON.parse(JSON.stringify(schema), (key, value) =>
    key === "$ref" && typeof value === "string" ? value.replace("#/$defs/", `${REF}${io}:`) : value,
  );
}

function withoutMarks(schema: Json | undefined): string {
  return JSON.stringify(schema).replaceAll(/(components\/schemas\/)(?:input|output):/g, "$1");
}
