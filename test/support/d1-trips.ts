/** The database itself, telling of each trip to it. */
export function countTrips(db: D1Database, log: string[]): D1Database {
  return new Proxy(db, {
    get(target, name) {
      if (name === "batch") {
        return (statements: D1PreparedStatement[]) => {
          log.push("batch");
          return target.batch(statements.map((statement) => originals.get(statement) ?? statement));
        };
      }
      if (name === "prepare") return (sql: string) => watch(target.prepare(sql), log);
      return Reflect.get(target, name);
    },
  });
}

const originals = new WeakMap<object, D1PreparedStatement>();
const RUNS = new Set<string | symbol>(["all", "first", "raw", "run"]);

function watch(statement: D1PreparedStatement, log: string[]): D1PreparedStatement {
  const proxy = new Proxy(statement, {
    get(target, name) {
      if (name === "bind") return (...values: unknown[]) => watch(target.bind(...values), log);
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        if (RUNS.has(name)) log.push("query");
        return value.apply(target, args);
      };
    },
  });
  originals.set(proxy, statement);
  return proxy;
}
