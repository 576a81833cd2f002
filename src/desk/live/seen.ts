import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

const acts = new Map<Element, () => void>();
let observer: IntersectionObserver | null = null;

function observe(element: Element, act: () => void): () => void {
  observer ??= new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) if (isIntersecting) acts.get(target)?.();
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
    return observe(element, act);
  }, [place, act === null, ...of]);
}
