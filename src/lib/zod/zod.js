// What the bundle takes for zod (wrangler.toml, alias): all of it but its messages in fifty languages and more, which come
// with two names that nobody asks for. They were a sixth of the Worker, and a bundler can't leave them out by itself, for
// `z` is handed about whole.

import * as z from "./all-but-languages.js";

export * from "./all-but-languages.js";
export { z, z as default };
