import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";

/** Runs in an object whose storage is as empty as a new one's. Any class with SQLite will do. */
export async function inEmptyStorage(use: (storage: DurableObjectStorage) => void): Promise<void> {
  const stub = env.LIVE_BOARD.get(env.LIVE_BOARD.newUniqueId());
  await runInDurableObject(stub, async (_, { storage }) => {
    await storage.deleteAll();
    use(storage);
  });
}
