// How facts are written for people: in their own language's form of dates and numbers.

const time = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const numbers = new Intl.NumberFormat();
const DASH = "–";

export function showTime(iso: string | null | undefined): string {
  return iso === null || iso === undefined ? DASH : time.format(new Date(iso));
}

/** 75 → `1:15`, 3,675 → `1:01:15`. */
export function showDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return DASH;
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export function showNumber(value: number): string {
  return numbers.format(value);
}

/** `no_answer` → `no answer`. */
export function showWord(word: string | null | undefined): string {
  return word === null || word === undefined ? DASH : word.replaceAll("_", " ");
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}
