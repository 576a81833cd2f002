// The variables of a local Worker, among them the model that this shell's environment names.

const MODEL_NAMES = ["MODEL_BASE_URL", "MODEL_NAME", "MODEL_API_KEY", "MODEL_TIMEOUT_SECONDS"] as const;

type Variables = Record<string, string | undefined>;

/** What is not set, or empty, is left out. */
export function modelVariables(env: Variables): Record<string, string> {
  const set = MODEL_NAMES.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []));
  return Object.fromEntries(set);
}

/** In one line, how agents of a local instance come by their words. */
export function describeModel(env: Variables): string {
  if (env["MODEL_BASE_URL"] && env["MODEL_NAME"]) return `The agent thinks with ${env["MODEL_NAME"]}.`;
  return "The agent talks by script; MODEL_BASE_URL, MODEL_NAME and MODEL_API_KEY give it a model to think with.";
}

/** Variables as a file that wrangler reads. */
export function variablesFile(variables: Record<string, string>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${quote(name, value)}\n`)
    .join("");
}

/** Nothing is special between single quotes, but that a variable is put in for `$NAME`. */
function quote(name: string, value: string): string {
  if (/['\r\n]/.test(value)) throw new Error(`${name} must not have single quotes or line breaks in it`);
  return `'${value.replaceAll("$", "\\$")}'`;
}
