// A turn on the phone is a few sentences. A model that talks on and on is cut off where a sentence ends, or where it must.

/** From here on the end of a sentence is the end of all. */
const LONG_ENOUGH = 1_200;
const LONGEST = 1_500;

/** Some scripts put no space after a sentence. */
const SENTENCE_ENDS = /(?<=[.!?…]["'”’)]?)\s|(?<=[。！？।])/g;

export class SpeechBound {
  #said = "";
  isFull = false;

  /** As much of the words as may still be said. */
  take(words: string): string {
    const said = this.#said + words;
    const end = endOf(said);
    this.isFull = end !== null;
    const before = this.#said.length;
    this.#said = said.slice(0, end ?? said.length);
    return this.#said.slice(before);
  }
}

/** Null while there is more room. */
function endOf(said: string): number | null {
  SENTENCE_ENDS.lastIndex = LONG_ENOUGH;
  const sentence = SENTENCE_ENDS.exec(said)?.index;
  if (sentence !== undefined && sentence <= LONGEST) return sentence;
  if (said.length <= LONGEST) return null;
  // Never half a character.
  return /[\uD800-\uDBFF]/.test(said.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
}
