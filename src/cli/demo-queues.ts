// The demo's people who take calls over. Their phones are the sandbox's, and are answered with a key pressed.

export const SALES_QUEUE = "sales_specialist";

export const DEMO_QUEUES = [
  {
    name: SALES_QUEUE,
    agents: [
      { name: "Maya Lindqvist", phone: "+15005550090" },
      { name: "Tom Okafor", phone: "+15005560090" },
    ],
  },
  {
    name: "support_team",
    agents: [
      { name: "Rosa Delgado", phone: "+15005570090" },
      { name: "Ken Watanabe", phone: "+15005580090" },
    ],
  },
] as const;

/** Makes them through the API. May be run again: what is there stays. */
export async function openDemoQueues(url: string, apiKey: string): Promise<void> {
  for (const { name, agents } of DEMO_QUEUES) {
    await create(`${url}/v1/queues`, apiKey, { name });
    for (const agent of agents) {
      await create(`${url}/v1/queues/${name}/agents`, apiKey, { ...agent, presence: "available" });
    }
  }
}

async function create(url: string, apiKey: string, body: Record<string, string>): Promise<void> {
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  const isThere = response.status === 201 || response.status === 409;
  if (!isThere) throw new Error(`${url} was refused: ${response.status} ${await response.text()}`);
}
