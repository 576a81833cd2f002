// Keys that a customer presses, as a line of the transcript: `[pressed 1 2 #]`.

const SERIES = /^\[pressed [0-9A-D*#](?: [0-9A-D*#])*\]$/;
/** Callers end by it what they have typed; pressed alone it may be the beginning of something. */
const ENDED_SERIES = /[0-9A-D*] #\]$/;

export function pressed(key: string): string {
  return `[pressed ${key}]`;
}

/** Whether a customer's line is keys, and no words: speech comes without such brackets. */
export function isPressed(line: string): boolean {
  return SERIES.test(line);
}

/** The line of a series with one key more; null if the line is of none. */
export function pressedToo(line: string, key: string): string | null {
  return isPressed(line) ? `${line.slice(0, -1)} ${key}]` : null;
}

/** Whether its last key says that all is typed. */
export function isEnded(line: string): boolean {
  return ENDED_SERIES.test(line);
}
