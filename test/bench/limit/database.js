// The statements that ours runs (statements.ts), prepared with what a request brings.

export function one(env, name, given) {
  return all(env, name, given)[0];
}

export function batch(env, name, given) {
  return env.DB.batch(all(env, name, given));
}

function all({ DB, STATEMENTS }, name, given) {
  const valueOf = (param) => (param !== null && param[0] === "@" ? given[param.slice(1)] : param);
  return STATEMENTS[name].map(({ sql, params }) => DB.prepare(sql).bind(...params.map(valueOf)));
}
