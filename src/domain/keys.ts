// Keys that a customer presses, as a line of the transcript: `[pressed 1 2 #]`.

const SERIES = /^\[pressed [0-9A-D*#](?: [0-9A-D*#])*\]$/;
/** Callers end by it what they have typed; pressed alone it may be the beginning of something. */
const ENDED_SERIES = /[0-9A-D*] #\]$/;

/** Of a line of keys: beyond it another begins. Each key writes its line anew. */
const LONGEST_LINE = 1_000;

export function pressed(key: string): string {
  return `[pressed ${key}]`;
}

/** Whether a customer's line is keys, and no words: speech comes without such brackets. */
export function isPressed(line: string): boolean {
  return SERIES.test(line);
}

/** The line of a series with one key more; null if the line is of none, or is full. */
export function pressedToo(line: string, key: string): string | null {
  return line.length < LONGEST_LINE && isPressed(line) ? `${line.slice(0, -1)} ${key}]` : null;
}

/** Whether its last key says that all is typed. */
export function isEnded(line: string): boolean {
  return ENDED_SERIES.test(line);
}
