import { useEffect } from "preact/hooks";

const AFTER_MS = 50;

/**
 * What has the focus may be taken away: the row that was deleted, the button that serves no more. Who works by keys
 * would have to begin again, and a screen reader would say nothing: the page's heading gets the focus.
 */
export function useKeptFocus(): void {
  useEffect(() => {
    let last: Element | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const note = ({ target }: FocusEvent): void => {
      last = target instanceof Element ? target : null;
    };
    const look = (): void => {
      timer = undefined;
      const isLost = last !== null && (!last.isConnected || last.matches(":disabled"));
      const isNowhere = document.activeElement === null || document.activeElement === document.body;
      if (!isLost || !isNowhere || document.querySelector("dialog[open]") !== null) return;
      // Who looks at something further down goes on to look at it.
      document.querySelector<HTMLElement>("#main h1")?.focus({ preventScroll: true });
    };
    // A browser says nothing when it takes the focus away, and does it a little later.
    const observer = new MutationObserver(() => {
      timer ??= setTimeout(look, AFTER_MS);
    });
    observer.observe(document.body, {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ["disabled"],
    });
    document.addEventListener("focusin", note);
    return () => {
      observer.disconnect();
      clearTimeout(timer);
      document.removeEventListener("focusin", note);
    };
  }, []);
}
