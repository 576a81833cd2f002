// What is in view: of 500 rows, a dozen.

import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

const acts = new Map<Element, (isInView: boolean) => void>();
let observer: IntersectionObserver | null = null;

/** @param act is told at once whether the element is in view, and then when that changes. */
export function watchView(element: Element, act: (isInView: boolean) => void): () => void {
  observer ??= new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) acts.get(target)?.(isIntersecting);
  });
  acts.set(element, act);
  observer.observe(element);
  return () => {
    acts.delete(element);
    observer?.unobserve(element);
  };
}

/** Acts when the element comes into view. @param act null: there is nothing to do. @param of what it acts on. */
export function useWhenSeen(
  place: RefObject<Element | null>,
  act: (() => void) | null,
  of: readonly unknown[],
): void {
  useEffect(() => {
    const element = place.current;
    if (element === null || act === null) return;
    return watchView(element, (isInView) => {
      if (isInView) act();
    });
  }, [place, act === null, ...of]);
}
