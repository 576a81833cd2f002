// How a route of the API is defined: what it needs and refuses is said once, beside its contract, and becomes both the
// middleware that stands before its handler and its part of the OpenAPI document.
//
// Order of checks: 401, 403, 429, 404 of the path's object, 413, Idempotency-Key, 400, 415, 422; what is left is the
// handler's.

import { createRoute, OpenAPIHono, type RouteConfig } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "./env.ts";
import { heedIdempotencyKey } from "./idempotency.ts";
import { limitBody } from "./limit-body.ts";
import { refusals } from "./problem.ts";
import { requireAccess, type Access } from "./require-access.ts";
import { refuseInvalid } from "./validation.ts";

/** What any route may answer that wants a key, and what one that takes a body. */
const ALWAYS_REFUSED = [401, 403, 429, 500, 503] as const;
const BODY_REFUSED = [400, 413, 415, 422] as const;
type RefusedOfAll = (typeof ALWAYS_REFUSED)[number] | (typeof BODY_REFUSED)[number] | 409;

const MAX_BODY_BYTES = 65_536;

type Method = "get" | "post" | "patch" | "delete";
type Request = NonNullable<RouteConfig["request"]>;
type Responses = RouteConfig["responses"];

type ApiRoute<
  M extends Method,
  P extends string,
  Q extends Request,
  T extends Responses,
  S extends number,
> = {
  method: M;
  path: P;
  operationId: string;
  /** In the imperative, without a full stop. */
  summary: string;
  description?: string;
  tags: [string];
  access: Access;
  /** Finds the path's object, or answers that there is none. */
  finds?: MiddlewareHandler<AppEnv>;
  request?: Q;
  responses: T;
  /** Statuses of refusals beside those that follow from the access and the body. */
  refuses?: readonly S[];
  /** Fields of the answer that are shown once and never again. */
  secretFields?: readonly string[];
  maxBodyBytes?: number;
};

export function apiRoute<
  const M extends Method,
  const P extends string,
  const T extends Responses,
  const Q extends Request = Record<never, never>,
  const S extends number = never,
>(route: ApiRoute<M, P, Q, T, S>) {
  const { access, finds, secretFields, maxBodyBytes, refuses = [], request, ...config } = route;
  const hasBody = request?.body !== undefined;
  const isPost = route.method === "post";
  const middleware = [
    requireAccess(access),
    ...(finds === undefined ? [] : [finds]),
    ...(hasBody ? [limitBody(maxBodyBytes ?? MAX_BODY_BYTES)] : []),
    ...(isPost ? [heedIdempotencyKey(secretFields)] : []),
  ];
  const refused = refusals<S | RefusedOfAll>(
    ...ALWAYS_REFUSED,
    ...(hasBody ? BODY_REFUSED : []),
    ...(isPost ? ([409, 422] as const) : []),
    ...refuses,
  );
  // Without a request there is nothing of it to read, which `Record<never, never>` says.
  const asked = (request ?? {}) as Q;
  return createRoute({
    ...config,
    request: asked,
    responses: { ...route.responses, ...refused },
    security: [{ apiKey: [access.scope] }, ...(access.token === undefined ? [] : [{ token: [] }])],
    middleware,
  });
}

/** A router of the API: what is invalid is refused as a problem. */
export function apiRouter() {
  return new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });
}
