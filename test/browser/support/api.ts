// What tests prepare and check by the API, beside the desk.

import { inject } from "vitest";

export async function askApi<T>(method: string, path: string, body?: unknown): Promise<T> {
  const { url, fullKey } = inject("deployment");
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${fullKey}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text === "" ? null : JSON.parse(text)) as T;
}
