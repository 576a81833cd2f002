// The database itself, telling of each trip to it and of what was asked.

export type Asked = { sql: string; values: unknown[] };
export type Trip = { kind: "query" | "batch"; asked: Asked[] };

const RUNS = new Set<string | symbol>(["all", "first", "raw", "run"]);
const originals = new WeakMap<object, { statement: D1PreparedStatement; asked: Asked }>();

type Database = D1Database | D1DatabaseSession;

export function watchD1<T extends Database>(db: T, onTrip: (trip: Trip) => void): T {
  return new Proxy<T>(db, {
    get(target: T, name) {
      if (name === "batch") {
        return (statements: D1PreparedStatement[]) => {
          const known = statements.map((statement) => originals.get(statement));
          onTrip({ kind: "batch", asked: known.flatMap((each) => (each === undefined ? [] : [each.asked])) });
          return target.batch(statements.map((statement, at) => known[at]?.statement ?? statement));
        };
      }
      if (name === "prepare") {
        return (sql: string) => watchStatement(target.prepare(sql), { sql, values: [] }, onTrip);
      }
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      if (name !== "withSession") return value.bind(target);
      return (...args: unknown[]) => watchD1(value.apply(target, args) as D1DatabaseSession, onTrip);
    },
  });
}

function watchStatement(
  statement: D1PreparedStatement,
  asked: Asked,
  onTrip: (trip: Trip) => void,
): D1PreparedStatement {
  const proxy = new Proxy(statement, {
    get(target, name) {
      if (name === "bind") {
        return (...values: unknown[]) =>
          watchStatement(target.bind(...values), { sql: asked.sql, values }, onTrip);
      }
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        if (RUNS.has(name)) onTrip({ kind: "query", asked: [asked] });
        return value.apply(target, args);
      };
    },
  });
  originals.set(proxy, { statement, asked });
  return proxy;
}
