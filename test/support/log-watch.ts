// Looks at every line that is logged in the test run: what must not stand in a log fails the test in which it does.

const FORBIDDEN: readonly [what: string, pattern: RegExp][] = [
  ["a phone number", /(?:\+|%2B)\d{8,15}/i],
  ["an API key or a token", /\btl_[kt]_[\w-]{8,}/],
  ["a webhook's secret", /\bwhsec_[\w+/]{8,}/],
  ["an account's token, or something like it", /\b[0-9a-f]{32}\b/],
  ["a key that credentials are sealed with", /[A-Za-z0-9+/]{43}=/],
  ["an Authorization header", /\b(?:Bearer|Basic) [\w.~+/-]{8,}/],
];

/** What stands in a line that must not. */
export function leaksIn(line: string): string[] {
  return FORBIDDEN.filter(([, pattern]) => pattern.test(line)).map(([what]) => `${what}: ${line}`);
}

const leaks: string[] = [];
let lines = 0;
let isWatching = false;

/** Once for the runtime, which all files share. */
export function watchLogs(): void {
  if (isWatching) return;
  isWatching = true;
  for (const method of ["log", "info", "warn", "error", "debug"] as const) {
    const write = console[method].bind(console);
    console[method] = (...said: unknown[]) => {
      lines += 1;
      leaks.push(...leaksIn(said.map(String).join(" ")));
      write(...said);
    };
  }
}

/** What was found since this was last asked. */
export function takeLeaks(): string[] {
  return leaks.splice(0);
}

export function linesWatched(): number {
  return lines;
}
