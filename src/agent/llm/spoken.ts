/** What of a model's text is spoken: not what it thinks aloud in `<think>` before, nor signs that no voice can read. */
export class SpokenWords {
  #state: "beginning" | "thinking" | "speaking" = "beginning";
  /** What it is not clear of yet whether it is spoken. */
  #pending = "";
  /** The first half of a character whose second has not come yet. */
  #half = "";

  /** The part to speak now; nothing while there is no word in it. */
  add(delta: string): string {
    const text = this.#half + delta;
    this.#half = /[\uD800-\uDBFF]$/.exec(text)?.[0] ?? "";
    const whole = text.slice(0, text.length - this.#half.length);
    if (this.#state === "speaking") return speakable(whole);
    this.#pending += whole;
    while (this.#state !== "speaking") {
      if (this.#state === "thinking") {
        const end = this.#pending.indexOf(THINKING_ENDS);
        if (end === -1) {
          this.#pending = this.#pending.slice(1 - THINKING_ENDS.length);
          return "";
        }
        this.#pending = this.#pending.slice(end + THINKING_ENDS.length);
        this.#state = "beginning";
      }
      const begun = this.#pending.trimStart();
      if (begun !== THINKING_BEGINS && THINKING_BEGINS.startsWith(begun)) return "";
      this.#state = begun.startsWith(THINKING_BEGINS) ? "thinking" : "speaking";
      this.#pending = this.#state === "thinking" ? begun.slice(THINKING_BEGINS.length) : begun;
    }
    return speakable(this.#pending);
  }

  /** The text is over: what looked as if it might become a mark was none. */
  end(): string {
    return this.#state === "beginning" ? speakable(this.#pending.trim()) : "";
  }
}

const THINKING_BEGINS = "<think>";
const THINKING_ENDS = "</think>";

/** Transcripts take no control characters but line ends and tabs, nor half characters. */
function speakable(text: string): string {
  return text.toWellFormed().replace(/[^\P{Cc}\n\t]/gu, "");
}
