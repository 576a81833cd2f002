// The headers that answers share, said once. Which answer carries which follows from its status and its route.

const text = { type: "string" } as const;
const seconds = { type: "integer", minimum: 1 } as const;

const BOOKMARK_EXAMPLE = "00000085-0000024c-00004c6d-8e61117bf38d7adb71b934ebbf891683";

type Header = {
  description: string;
  schema: { type: "string" | "integer"; format?: string; const?: string; minimum?: number };
  example?: string | number;
};
export type HeadersOfAnswer = Record<string, { $ref: string } | (Header & { required: boolean })>;

export const HEADERS = {
  "X-Request-Id": {
    description: "The request's id, in our logs too.",
    schema: text,
    example: "0f9a3d1e-6a0b-4c69-9d7c-2f6f1f0f6d0a",
  },
  "RateLimit-Policy": {
    description: "The bucket that the request drew on, its quota (`q`) and its window in seconds (`w`).",
    schema: text,
    example: '"default";q=600;w=60',
  },
  RateLimit: {
    description:
      "What is left of the bucket (`r`), and the seconds until there is one more (`t`); 0 if it is full.",
    schema: text,
    example: '"default";r=599;t=1',
  },
  "Retry-After": { description: "Seconds to wait before asking again.", schema: seconds, example: 2 },
  "WWW-Authenticate": { description: "How to authenticate.", schema: text, example: "Bearer" },
  Location: {
    description: "The path of what was created.",
    schema: { type: "string", format: "uri-reference" },
  },
  "Idempotent-Replayed": {
    description: "There, and `true`, if this is the answer that an earlier request with this key got.",
    schema: { type: "string", const: "true" },
  },
  "Trunkline-Bookmark": {
    description:
      "How far the data had come when this was answered, where the database was asked. Send it with your reads: what they say is at least as new.",
    schema: text,
    example: BOOKMARK_EXAMPLE,
  },
  "Cache-Control": {
    description: "Who may keep the answer, and for how long; `no-store`: nobody.",
    schema: text,
  },
  ETag: { description: "Names this very state of the body.", schema: text },
  "Accept-Ranges": {
    description: "That ranges of bytes may be asked for.",
    schema: { type: "string", const: "bytes" },
  },
  "Content-Range": {
    description: "Which bytes these are, and of how many.",
    schema: text,
    example: "bytes 0-1023/52244",
  },
  "Content-Length": { description: "How many bytes follow.", schema: { type: "integer", minimum: 0 } },
} as const satisfies Record<string, Header>;

export type HeaderName = keyof typeof HEADERS;

/** A parameter that a handler reads by itself. */
export type Parameter = {
  name: string;
  in: "header" | "query";
  required: boolean;
  description: string;
  schema: { type: "string"; pattern?: string; minLength?: number; maxLength?: number };
  example?: string;
};

export const PARAMETERS = {
  "Idempotency-Key": {
    name: "Idempotency-Key",
    in: "header",
    required: false,
    description:
      "Makes it safe to send the request again: the first one acts, later ones with the same key and body get its answer. 1 to 255 visible ASCII characters, bare or as a quoted string. Kept for 24 hours.",
    schema: { type: "string", minLength: 1, maxLength: 257 },
    example: "0c7e6c2a-3f1b-4a52-8f0e-0b6f1d2a9c55",
  },
  "Trunkline-Bookmark": {
    name: "Trunkline-Bookmark",
    in: "header",
    required: false,
    description:
      "The newest bookmark that an answer gave you: you read what you wrote, and nothing older than what you have read. Without it a copy may answer that is a moment behind.",
    schema: text,
    example: BOOKMARK_EXAMPLE,
  },
} as const satisfies Record<string, Parameter>;

export const headerComponents = Object.fromEntries(
  Object.entries(HEADERS).map(([name, header]) => [name, { ...header, required: true }]),
);

/** Headers that are there. */
export function always(...names: HeaderName[]): HeadersOfAnswer {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** Headers that may be there. */
export function sometimes(...names: HeaderName[]): HeadersOfAnswer {
  return Object.fromEntries(names.map((name) => [name, { ...HEADERS[name], required: false }]));
}

/** Before the key is known, or the bucket could be read, there is nothing to say of it. */
const WITHOUT_BUCKET = [401, 500, 503];
/** Refused before anything was read. */
const BEFORE_DATA = [401, 403, 429];
const WITH_RETRY_AFTER = [429, 503];

export type Kind = { keyed: boolean; isPost: boolean; withoutAddress?: boolean };

export function headersOf(status: number, { keyed, isPost, withoutAddress = false }: Kind): HeadersOfAnswer {
  const bucket = ["RateLimit-Policy", "RateLimit"] as const;
  return {
    ...always("X-Request-Id"),
    ...(keyed && status !== 101 && always("Cache-Control")),
    ...(keyed && status !== 401 && (WITHOUT_BUCKET.includes(status) ? sometimes : always)(...bucket)),
    ...(keyed && !BEFORE_DATA.includes(status) && sometimes("Trunkline-Bookmark")),
    ...(status === 401 && always("WWW-Authenticate")),
    ...(WITH_RETRY_AFTER.includes(status) && always("Retry-After")),
    ...(status === 409 && isPost && sometimes("Retry-After")),
    ...(status === 201 && !withoutAddress && always("Location")),
    ...(isPost && status < 300 && sometimes("Idempotent-Replayed")),
  };
}
