// Keys that a customer presses, as a line of the transcript: `[pressed 1 2 #]`.

const SERIES = /^\[pressed (?:[0-9A-D*#] )*[0-9A-D*]\]$/;

const LINE = /^\[pressed [0-9A-D*#](?: [0-9A-D*#])*\]$/;

/** By which callers end what they type. */
export const LAST_KEY = "#";

export function pressed(key: string): string {
  return `[pressed ${key}]`;
}

/** Whether a customer's line is keys, and no words: speech comes without such brackets. */
export function isPressed(line: string): boolean {
  return LINE.test(line);
}

/** The line of a series with one key more; null if the line is of none, or of one that has ended. */
export function pressedToo(line: string, key: string): string | null {
  return SERIES.test(line) ? `${line.slice(0, -1)} ${key}]` : null;
}
