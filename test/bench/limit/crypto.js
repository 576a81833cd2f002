// Keys, signatures and ids, as ours has them.

const encoder = new TextEncoder();

export async function sha256Hex(text) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text)));
  let hex = "";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return hex;
}

/** A carrier account's token, which is stored sealed, and the key made of it: with that requests are signed. */
export async function signingKeyOf(credentialsKey, sealed, carrierId) {
  const [, nonce, ciphertext] = sealed.split(".");
  const key = await crypto.subtle.importKey("raw", fromBase64(credentialsKey), "AES-GCM", false, ["decrypt"]);
  const token = await crypto.subtle.decrypt(
    { name: "AES-GCM", iv: fromBase64(nonce), additionalData: encoder.encode(carrierId) },
    key,
    fromBase64(ciphertext),
  );
  const usages = ["sign", "verify"];
  const signing = await crypto.subtle.importKey("raw", token, { name: "HMAC", hash: "SHA-1" }, false, usages);
  return { key: signing, token: new TextDecoder().decode(token) };
}

/** X-Twilio-Signature: over the address and each field of the form, sorted. */
export function isSigned(key, url, form, signature) {
  return crypto.subtle.verify("HMAC", key, fromBase64(signature), encoder.encode(signedText(url, form)));
}

export async function sign(key, url, form) {
  const signature = await crypto.subtle.sign("HMAC", key, encoder.encode(signedText(url, form)));
  return btoa(String.fromCharCode(...new Uint8Array(signature)));
}

function signedText(url, form) {
  const fields = [...form].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return fields.reduce((text, [name, value]) => text + name + value, url);
}

const LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";

/** As long as a TypeID, and sorted by time as one is. */
export function newId(prefix) {
  let time = "";
  for (let rest = Date.now(), digit = 0; digit < 10; digit += 1, rest = Math.floor(rest / 32)) {
    time = LETTERS[rest % 32] + time;
  }
  let chance = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) chance += LETTERS[byte & 31];
  return `${prefix}_${time}${chance}`;
}

function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
