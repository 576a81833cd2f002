// The model that local agents think with, as this shell's environment names it.

const NAMES = ["MODEL_BASE_URL", "MODEL_NAME", "MODEL_API_KEY", "MODEL_TIMEOUT_SECONDS"] as const;

/** Lines for the Worker's private file of variables. What is not set, or empty, is left out. */
export function modelVariables(env: Record<string, string | undefined>): string[] {
  return NAMES.flatMap((name) => {
    const value = env[name];
    return value === undefined || value === "" ? [] : [`${name}=${quote(name, value)}`];
  });
}

/** In one line, how agents of a local instance come by their words. */
export function describeModel(env: Record<string, string | undefined>): string {
  if (env["MODEL_BASE_URL"] && env["MODEL_NAME"]) return `The agent thinks with ${env["MODEL_NAME"]}.`;
  return "The agent talks by script; MODEL_BASE_URL, MODEL_NAME and MODEL_API_KEY give it a model to think with.";
}

/** As wrangler reads it: nothing is special between single quotes, but a variable is put in for `$NAME`. */
function quote(name: string, value: string): string {
  if (/['\r\n]/.test(value)) throw new Error(`${name} must not have quotes or line breaks in it`);
  return `'${value.replaceAll("$", "\\$")}'`;
}
