// Finds the JSON object in what a model says: it may think aloud before, put fences around, or add a word after.

/** Longer answers are not looked through: none that is asked for is. */
const MAX_LENGTH = 100_000;
const MAX_TRIES = 200;

/** The objects in a text, in their order; none of them lies within another. */
export function findJsonObjects(text: string): object[] {
  const looked = text.slice(0, MAX_LENGTH);
  const found: object[] = [];
  let from = looked.indexOf("{");
  for (let tries = 0; from !== -1 && tries < MAX_TRIES; tries += 1) {
    const end = endOfObject(looked, from);
    const object = end === null ? null : parseObject(looked.slice(from, end));
    if (object !== null) found.push(object);
    from = looked.indexOf("{", object === null || end === null ? from + 1 : end);
  }
  return found;
}

/** Just behind the brace that closes the one at `from`; null if none does. */
function endOfObject(text: string, from: number): number | null {
  let depth = 0;
  let isInString = false;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (isInString) {
      if (character === "\\") at += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === "{") depth += 1;
    else if (character === "}") {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return null;
}

function parseObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
