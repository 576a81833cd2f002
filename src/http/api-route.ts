// How a route of the API is defined: what it needs and refuses is said once, beside its contract, and becomes both the
// middleware that stands before its handler and its part of the OpenAPI document.
//
// Order of checks: 401, 403, 429, 404 of the path's object, 413, Idempotency-Key, 415, 400, 422; what is left is the
// handler's.

import { createRoute, OpenAPIHono, type RouteConfig } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import type { z } from "zod";
import type { AppEnv } from "./env.ts";
import { heedIdempotencyKey } from "./idempotency.ts";
import { limitBody } from "./limit-body.ts";
import { headersOf, type Kind, type Parameter } from "./openapi/headers.ts";
import { codesOf, refusalResponses, type CodeOf, type Refusals, type Refuses } from "./openapi/refusals.ts";
import type { ProblemCode } from "../contract/problems.ts";
import { fillBody } from "./optional-body.ts";
import { readNear, workAtPrimary } from "./open-database.ts";
import { requireBody } from "./require-body.ts";
import { requireAccess, type Access } from "./require-access.ts";
import { REQUESTS_PER_MINUTE } from "../domain/rate-limits.ts";
import { refuseInvalid } from "./validation.ts";

/** What any route may answer that wants a key, and what one that takes a body. */
const ALWAYS_REFUSED = [
  "unauthorized",
  "insufficient_scope",
  "rate_limited",
  "internal_error",
  "unavailable",
] as const;
const BODY_REFUSED = [
  "unreadable_body",
  "payload_too_large",
  "unsupported_media_type",
  "validation_failed",
] as const;
const POST_REFUSED = ["idempotency_in_progress", "idempotency_key_reused", "validation_failed"] as const;
type RefusedOfAll =
  | (typeof ALWAYS_REFUSED)[number]
  | (typeof BODY_REFUSED)[number]
  | (typeof POST_REFUSED)[number];

const MAX_BODY_BYTES = 65_536;

type Method = "get" | "post" | "patch" | "delete";
type Request = NonNullable<RouteConfig["request"]>;
type Responses = RouteConfig["responses"];

type ApiRoute<
  M extends Method,
  P extends string,
  Q extends Request,
  T extends Responses,
  R extends Refuses,
> = {
  method: M;
  path: P;
  operationId: string;
  /** In the imperative, without a full stop. */
  summary: string;
  description?: string;
  tags: [string];
  access: Access;
  /** Answers that there is no such object as the path names; most leave what they found for the handler. */
  finds?: MiddlewareHandler<AppEnv>;
  /** What it reads must not be old. */
  readsPrimary?: boolean;
  request?: Q;
  /** Parameters that the handler reads by itself, for the document. */
  parameters?: Parameter[];
  responses: T;
  /** What a socket that this route opens sends. */
  "x-websocket-message"?: z.ZodType;
  /**
   * Refusals beside those that follow from the access, the path's object, the query and the body: codes, or a status for
   * all of its codes.
   */
  refuses?: readonly R[];
  /** What is created can't be read back, so its answer has no Location. */
  withoutAddress?: boolean;
  /** Fields of the answer that are shown once and never again. */
  secretFields?: readonly string[];
  maxBodyBytes?: number;
};

export function apiRoute<
  const M extends Method,
  const P extends string,
  const T extends Responses,
  const Q extends Request = Record<never, never>,
  const R extends Refuses = never,
>(route: ApiRoute<M, P, Q, T, R>) {
  const {
    access,
    finds,
    secretFields,
    maxBodyBytes,
    withoutAddress = false,
    refuses = [],
    readsPrimary = false,
    request,
    ...config
  } = route;
  const isNear = route.method === "get" && !readsPrimary;
  const hasBody = request?.body !== undefined;
  const needsBody = request?.body?.required === true;
  const isPost = route.method === "post";
  const middleware = [
    requireAccess(access),
    isNear ? readNear : workAtPrimary,
    ...(finds === undefined ? [] : [finds]),
    ...(hasBody ? [limitBody(maxBodyBytes ?? MAX_BODY_BYTES)] : []),
    ...(hasBody && !needsBody ? [fillBody] : []),
    ...(isPost ? [heedIdempotencyKey(secretFields)] : []),
    ...(needsBody ? [requireBody] : []),
  ];
  const refused = refusals<CodeOf<R> | RefusedOfAll>([
    ...ALWAYS_REFUSED,
    ...(finds === undefined ? [] : (["not_found"] as const)),
    ...(request?.query === undefined ? [] : (["validation_failed"] as const)),
    ...(hasBody ? BODY_REFUSED : []),
    ...(isPost ? POST_REFUSED : []),
    ...refuses,
  ]);
  // Without a request there is nothing of it to read, which `Record<never, never>` says.
  const asked = (request ?? {}) as Q;
  return createRoute({
    ...config,
    ...described(route, isNear),
    request: asked,
    responses: { ...withHeaders(route.responses, { keyed: true, isPost, withoutAddress }), ...refused },
    middleware,
  });
}

/** What the document says of a route beside its shapes. */
function described({ access, description, method, parameters = [] }: Described, isNear: boolean) {
  const { scope, bucket = "default", token } = access;
  const perMinute = REQUESTS_PER_MINUTE[bucket];
  const limit = `Scope \`${scope}\`. ${perMinute} requests a minute, bucket \`${bucket}\`.`;
  const inQuery = token === undefined ? [] : [{ token: [scope] }];
  return {
    description: description === undefined ? limit : `${description}\n\n${limit}`,
    security: [{ apiKey: [scope] }, ...inQuery],
    "x-rate-limit": { bucket, requests_per_minute: perMinute },
    parameters: [
      ...parameters,
      ...(method === "post" ? [{ $ref: "#/components/parameters/Idempotency-Key" }] : []),
      ...(isNear ? [{ $ref: "#/components/parameters/Trunkline-Bookmark" }] : []),
    ],
  };
}
type Described = {
  access: Access;
  method: Method;
  description?: string;
  parameters?: Parameter[];
};

/** The answers with the headers that all of their kind carry. Their types know nothing of headers, and stay. */
function withHeaders<T extends Responses>(responses: T, kind: Kind): T {
  const entries = Object.entries(responses).map(([status, response]) => {
    const own = "headers" in response ? response.headers : {};
    return [status, { ...response, headers: { ...headersOf(Number(status), kind), ...own } }];
  });
  return Object.fromEntries(entries) as T;
}

/** @returns what its type says once the references in it are followed, which only the document does. */
function refusals<C extends ProblemCode>(refuses: readonly Refuses[]): Refusals<C> {
  return refusalResponses(codesOf(refuses), true) as Refusals<C>;
}

type PublicRoute<P extends string, T extends Responses, Q extends Request, R extends Refuses> = Pick<
  ApiRoute<"get", P, Q, T, R>,
  | "path"
  | "operationId"
  | "summary"
  | "description"
  | "tags"
  | "request"
  | "parameters"
  | "responses"
  | "refuses"
>;

/** A route that needs no key and draws on no bucket. */
export function publicRoute<
  const P extends string,
  const T extends Responses,
  const Q extends Request = Record<never, never>,
  const R extends Refuses = never,
>({ refuses = [], request, responses, ...config }: PublicRoute<P, T, Q, R>) {
  const refused = refusalResponses(codesOf(["internal_error", ...refuses]), false) as Refusals<
    CodeOf<R> | "internal_error"
  >;
  return createRoute({
    ...config,
    method: "get",
    request: (request ?? {}) as Q,
    responses: { ...withHeaders(responses, { keyed: false, isPost: false }), ...refused },
    security: [],
  });
}

/** A body's content: JSON of this shape. */
export function json<T extends z.ZodType>(schema: T) {
  return { "application/json": { schema } };
}

/** A router of the API: what is invalid is refused as a problem. */
export function apiRouter() {
  return new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });
}
