import { go } from "../router.tsx";

/**
 * Shows the same page by other filters, which the address keeps. What is not named stays, and empty is gone; other
 * filters begin at the first page. Read from the address itself: two may change before anything is drawn anew.
 */
export function see(change: Record<string, string | number>): void {
  const query = new URLSearchParams(location.search);
  query.delete("offset");
  for (const [name, value] of Object.entries(change)) {
    if (value === "" || value === 0) query.delete(name);
    else query.set(name, String(value));
  }
  go(query.size === 0 ? location.pathname : `${location.pathname}?${query}`, "replace");
}
