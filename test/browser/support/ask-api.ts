import { inject } from "vitest";

/** The API as any other client has it, by the key that may do everything or another. */
export async function askApi(
  method: string,
  path: string,
  { body, key = inject("deployment").fullKey }: { body?: unknown; key?: string } = {},
): Promise<{ status: number; json: unknown }> {
  const response = await fetch(`${inject("deployment").url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: response.status === 204 ? null : await response.json() };
}
