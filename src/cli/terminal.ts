// Lines in, lines out: at a terminal with a prompt that what comes in between does not garble, else plainly.

import { clearLine, createInterface, cursorTo } from "node:readline";

export type Terminal = {
  isInteractive: boolean;
  lines: AsyncIterator<string>;
  show(text: string): void;
  /** What is on the prompt so far. */
  typed(): string;
  /** Ends `lines`. */
  close(): void;
};

export function openTerminal(output: NodeJS.WriteStream): Terminal {
  const input = process.stdin;
  const isInteractive = input.isTTY === true && output.isTTY === true;
  const reader = createInterface({ input, terminal: isInteractive, ...(isInteractive ? { output } : {}) });
  let isOpen = true;
  reader.once("close", () => (isOpen = false));
  // A terminal that is read key by key sends no signal.
  reader.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  reader.setPrompt("You: ");
  return {
    isInteractive,
    // From here on no line is missed.
    lines: reader[Symbol.asyncIterator](),
    show: (text) => {
      if (isInteractive) {
        cursorTo(output, 0);
        clearLine(output, 0);
      }
      output.write(`${text}\n`);
      if (isInteractive && isOpen) reader.prompt(true);
    },
    typed: () => reader.line,
    close: () => {
      reader.close();
      input.unref?.();
    },
  };
}
