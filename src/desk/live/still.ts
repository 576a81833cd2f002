import { Component, createElement, type ComponentType, type JSX } from "preact";

/** A component that is drawn again only if something it is given is another. */
export function still<P extends object>(Drawn: ComponentType<P>): ComponentType<P> {
  return class Still extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      return !isSame(this.props, next);
    }

    override render(props: P): JSX.Element {
      return createElement(Drawn, props);
    }
  };
}

function isSame<P extends object>(a: Readonly<P>, b: Readonly<P>): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof P>;
  return [...names].every((name) => Object.is(a[name], b[name]));
}
