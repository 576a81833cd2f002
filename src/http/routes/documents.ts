// What the deployment says of itself: its contract, the page that shows it, and what each refusal means. The page loads
// nothing from elsewhere, and runs no script and no style that is written into it.

import { z } from "zod";
import { ADVICE, isProblemCode, PROBLEM_CODES, PROBLEMS } from "../../contract/problems.ts";
import { sha256Hex } from "../../lib/crypto.ts";
import { apiRouter, publicRoute } from "../api-route.ts";
import { always } from "../openapi/headers.ts";
import { notFound } from "../problem.ts";

const tags: [string] = ["Deployment"];

const contract = publicRoute({
  path: "/openapi.json",
  operationId: "readContract",
  summary: "Read this contract",
  tags,
  parameters: [
    {
      name: "If-None-Match",
      in: "header",
      required: false,
      description: "The ETag of the copy that you have.",
      schema: { type: "string" },
    },
  ],
  responses: {
    200: {
      description: "OpenAPI 3.1.",
      headers: always("ETag", "Cache-Control"),
      content: { "application/json": { schema: z.looseObject({ openapi: z.string() }) } },
    },
    304: { description: "Your copy is the newest.", headers: always("ETag", "Cache-Control") },
  },
});

const page = publicRoute({
  path: "/docs",
  operationId: "showContract",
  summary: "Show this contract in a browser",
  tags,
  responses: {
    200: {
      description: "A page that shows the contract and sends requests.",
      content: { "text/html": { schema: z.string() } },
    },
  },
});

const problemPage = publicRoute({
  path: "/problems/{code}",
  operationId: "readProblem",
  summary: "Read what a refusal means",
  tags,
  request: { params: z.object({ code: z.string().meta({ example: "in_use" }) }) },
  responses: {
    200: {
      description: "What it means, and what to do.",
      content: {
        "application/json": {
          schema: z.object({
            code: z.enum(PROBLEM_CODES),
            title: z.string(),
            status: z.int(),
            advice: z.string(),
          }),
        },
      },
    },
  },
  refuses: ["not_found"],
});

/** Requests are sent to the address in the contract, which may be another name of where the page is. */
const policyAt = (baseUrl: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self' ${baseUrl}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Trunkline API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<script defer src="/docs/swagger-ui-bundle.js"></script>
<script defer src="/docs/docs.js"></script>
</head>
<body><div id="docs"></div><noscript>The contract itself: <a href="/openapi.json">/openapi.json</a></noscript></body>
</html>
`;

/** @param contractAt the contract as a deployment at this address publishes it. */
export function documentRoutes(contractAt: (baseUrl: string) => object) {
  const contractOf = once(async (baseUrl: string) => {
    const body = JSON.stringify(contractAt(baseUrl));
    return { body, etag: `"${(await sha256Hex(body)).slice(0, 32)}"` };
  });
  return apiRouter()
    .openapi(contract, async (c) => {
      const { body, etag } = await contractOf(c.get("services").config.PUBLIC_BASE_URL);
      const headers = { etag, "cache-control": "public, max-age=300" };
      if (c.req.header("if-none-match")?.includes(etag) === true) return c.body(null, 304, headers);
      return c.body(body, 200, { ...headers, "content-type": "application/json" });
    })
    .openapi(page, (c) =>
      c.html(PAGE, 200, {
        "content-security-policy": policyAt(c.get("services").config.PUBLIC_BASE_URL),
      }),
    )
    .openapi(problemPage, (c) => {
      const { code } = c.req.valid("param");
      if (!isProblemCode(code)) return notFound(c, "problem");
      const { title, status } = PROBLEMS[code];
      return c.json({ code, title, status, advice: ADVICE[status] }, 200);
    });
}

/** Remembers the answer for the one argument that there is in a deployment; a failure is none. */
export function once<T>(make: (of: string) => Promise<T>): (of: string) => Promise<T> {
  const made = new Map<string, Promise<T>>();
  return (of) => {
    const known = made.get(of);
    if (known !== undefined) return known;
    const making = make(of).catch((error: unknown) => {
      made.delete(of);
      throw error;
    });
    made.set(of, making);
    return making;
  };
}
