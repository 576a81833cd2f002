const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const RANDOM_CHARACTERS = 43;

/** A new API key: `tl_k_` and 43 base62 characters, 256 bits of chance. Shown once, stored only as its hash. */
export function newApiKey(): string {
  return `tl_k_${randomText()}`;
}

/** … and what the cookie of a session at the desk holds. */
export function newSessionSecret(): string {
  return `tl_s_${randomText()}`;
}

function randomText(): string {
  let random = "";
  while (random.length < RANDOM_CHARACTERS) {
    for (const byte of crypto.getRandomValues(new Uint8Array(64))) {
      // 248 is the largest multiple of 62 in a byte; what lies above would favour the first characters.
      if (byte < 248 && random.length < RANDOM_CHARACTERS) random += BASE62[byte % 62];
    }
  }
  return random;
}
