// Which page is shown: addresses are real ones, the server answers each of them with the same page.

import { createContext, type ComponentChildren } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";

type Place = { path: string; query: URLSearchParams };

const PlaceContext = createContext<Place>({ path: "/desk", query: new URLSearchParams() });
const MOVED = "desk:moved";

export function usePlace(): Place {
  return useContext(PlaceContext);
}

/** @param how `replace`: going back does not come here. */
export function go(address: string, how: "push" | "replace" = "push"): void {
  if (how === "push") history.pushState(null, "", address);
  else history.replaceState(null, "", address);
  dispatchEvent(new Event(MOVED));
}

export function Router({ children }: { children: ComponentChildren }) {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const move = (): void => setPlace(here());
    addEventListener("popstate", move);
    addEventListener(MOVED, move);
    document.addEventListener("click", follow);
    return () => {
      removeEventListener("popstate", move);
      removeEventListener(MOVED, move);
      document.removeEventListener("click", follow);
    };
  }, []);
  return <PlaceContext.Provider value={place}>{children}</PlaceContext.Provider>;
}

function here(): Place {
  return {
    path: location.pathname.replace(/\/+$/, "") || "/desk",
    query: new URLSearchParams(location.search),
  };
}

/** Plain links are enough: those to the desk itself don't load it anew. */
function follow(event: MouseEvent): void {
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (
    !isPlain ||
    event.defaultPrevented ||
    link === null ||
    link.target !== "" ||
    link.hasAttribute("download")
  )
    return;
  if (link.origin !== location.origin || !/^\/desk(\/|$)/.test(link.pathname)) return;
  // Within the page, as to its content, the browser finds the way.
  if (link.hash !== "" && link.href.split("#")[0] === location.href.split("#")[0]) return;
  event.preventDefault();
  if (link.href !== location.href) go(link.href);
}
