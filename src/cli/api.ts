// The product's own API, as a client far from it.

/** Where it is, and the key to it. */
export type Api = { url: string; apiKey: string };

/** The answer's JSON, if there is one. A refusal is thrown in the API's own words. */
export async function request(
  { url, apiKey }: Api,
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: string,
  body?: object,
): Promise<unknown> {
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${url}${path}`, { method, headers, ...content });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} was refused: ${response.status} ${text}`);
  return text === "" ? null : JSON.parse(text);
}
