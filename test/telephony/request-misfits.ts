import { findOperation, misfitsOf, type Schema } from "./twilio-document.ts";

/** Values that the document leaves to its prose. https://www.twilio.com/docs/voice/api/call-resource */
const IN_PROSE: Readonly<Record<string, RegExp>> = {
  MachineDetection: /^(Enable|DetectMessageEnd)$/,
  AsyncAmd: /^(true|false)$/,
  RecordingChannels: /^(mono|dual)$/,
  RecordingTrack: /^(inbound|outbound|both)$/,
  RecordingStatusCallback: /^https?:\/\/\S+$/,
  // One parameter for all events, unlike StatusCallbackEvent.
  RecordingStatusCallbackEvent: /^(in-progress|completed|absent)( (in-progress|completed|absent))*$/,
  StatusCallbackEvent: /^(initiated|ringing|answered|completed)$/,
  Timeout: /^([1-9]\d?|[1-5]\d\d|600)$/,
  TimeLimit: /^[1-9]\d*$/,
  Trim: /^(trim-silence|do-not-trim)$/,
};

/** In what a request is none that Twilio's own document describes; `apiBaseUrl` stands for Twilio's address. */
export async function requestMisfits(request: Request, apiBaseUrl: string): Promise<string[]> {
  const { method, url, headers } = request;
  if (!url.startsWith(`${apiBaseUrl}/`)) return [`${url} is elsewhere`];
  const { pathname, searchParams } = new URL(url);
  const found = findOperation(method, describedPath(method, pathname));
  if (found === undefined) return [`${method} ${pathname} is unknown`];
  const { operation, inPath } = found;
  const inQuery = operation.parameters.filter((parameter) => parameter.in === "query");
  const body = operation.requestBody?.content["application/x-www-form-urlencoded"]?.schema;
  // `text()` would complain that a form's media type is no text.
  const form = new TextDecoder().decode(await request.arrayBuffer());
  return [
    ...operation.parameters.flatMap((parameter) =>
      parameter.in === "path" ? textMisfits(parameter.schema, parameter.name, inPath[parameter.name]) : [],
    ),
    ...credentialMisfits(headers.get("authorization"), inPath["AccountSid"]),
    ...pairMisfits(
      new Map(inQuery.map((parameter) => [parameter.name, parameter.schema])),
      inQuery.filter((parameter) => parameter.required).map((parameter) => parameter.name),
      searchParams,
    ),
    ...(body === undefined
      ? form === ""
        ? []
        : ["There is a body"]
      : [
          ...mediaTypeMisfits(headers.get("content-type")),
          ...pairMisfits(
            new Map(Object.entries(body.properties ?? {})),
            body.required ?? [],
            new URLSearchParams(form),
          ),
        ]),
  ];
}

/**
 * A recording's media is not in the document. It is at the recording's own address, with the format's extension.
 * https://www.twilio.com/docs/voice/api/recording#fetch-a-recordings-media-file
 */
function describedPath(method: string, pathname: string): string {
  return method === "GET" ? pathname.replace(/(\/Recordings\/\w+)\.(mp3|wav)$/, "$1.json") : pathname;
}

function pairMisfits(
  known: ReadonlyMap<string, Schema>,
  required: readonly string[],
  pairs: URLSearchParams,
): string[] {
  return [
    ...required.filter((name) => !pairs.has(name)).map((name) => `${name} is missing`),
    ...[...new Set(pairs.keys())].flatMap((name) => {
      const schema = known.get(name);
      if (schema === undefined) return [`${name} is unknown`];
      const texts = pairs.getAll(name);
      if (texts.length > 1 && schema.type !== "array") return [`${name} is repeated`];
      return texts.flatMap((text) => textMisfits(schema.items ?? schema, name, text));
    }),
  ];
}

function textMisfits(schema: Schema, name: string, text: string | undefined): string[] {
  if (text === undefined) return [`${name} is missing`];
  const prose = IN_PROSE[name];
  if (prose !== undefined && !prose.test(text)) return [`${name} is ${JSON.stringify(text)}`];
  if (schema.format === "uri" && !URL.canParse(text)) return [`${name} is ${JSON.stringify(text)}`];
  return misfitsOf(schema, valueOf(schema, text), name);
}

/** The value that a text in a form or an address stands for; a text that stands for none stays one, and misfits. */
function valueOf({ type }: Schema, text: string): unknown {
  if (type === "integer" || type === "number") return /^\d+$/.test(text) ? Number(text) : text;
  if (type === "boolean") return text === "true" ? true : text === "false" ? false : text;
  return text;
}

function credentialMisfits(header: string | null, accountSid: string | undefined): string[] {
  const encoded = /^Basic (\S+)$/.exec(header ?? "")?.[1] ?? "";
  return atob(encoded).startsWith(`${accountSid}:`) ? [] : ["The credentials are not the account's"];
}

function mediaTypeMisfits(header: string | null): string[] {
  return /^application\/x-www-form-urlencoded(;|$)/.test(header ?? "") ? [] : [`The body is ${header}`];
}
