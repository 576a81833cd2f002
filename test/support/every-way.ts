// All ways to the database: itself, and its sessions.

export type Client = Pick<D1Database, "prepare" | "batch">;

/**
 * The database, with something of the test's in the place of each way to it.
 * @param wrap `from`: where the session begins; null for the database itself.
 */
export function everyWay(
  db: D1Database,
  wrap: <T extends Client>(client: T, from: string | null) => T,
): D1Database {
  return new Proxy(wrap(db, null), {
    get: (target, name) =>
      name === "withSession" ? (from: string) => wrap(db.withSession(from), from) : Reflect.get(target, name),
  });
}

/** A way that does what it did, but for what is given. */
export function instead<T extends Client>(client: T, changes: Partial<Client>): T {
  return new Proxy(client, {
    get(target, name) {
      if (Object.hasOwn(changes, name)) return Reflect.get(changes, name);
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
