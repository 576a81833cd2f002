// What was done is said once, in a corner and to screen readers.

import { useEffect, useState } from "preact/hooks";

const SHOWN_MS = 8_000;
const SAID = "desk:said";

export function announce(text: string): void {
  dispatchEvent(new CustomEvent(SAID, { detail: text }));
}

export function Announcer() {
  const [text, setText] = useState("");
  useEffect(() => {
    let clear: ReturnType<typeof setTimeout> | undefined;
    const hear = (event: Event): void => {
      clearTimeout(clear);
      setText(event instanceof CustomEvent ? String(event.detail) : "");
      clear = setTimeout(() => setText(""), SHOWN_MS);
    };
    addEventListener(SAID, hear);
    return () => {
      clearTimeout(clear);
      removeEventListener(SAID, hear);
    };
  }, []);
  return (
    <div class="announcer" role="status" aria-live="polite">
      {text === "" ? null : <p>{text}</p>}
    </div>
  );
}
