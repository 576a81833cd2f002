// What the readers of TwiML's verbs have in common: elements, addresses and numbers as attributes.

import { XmlElement } from "@rgrove/parse-xml";
import { z } from "zod";
import type { Destination } from "./verbs.ts";

export function elementsOf(parent: XmlElement): XmlElement[] {
  return parent.children.filter((child) => child instanceof XmlElement);
}

/** `baseUrl` is the document's own address, which relative ones are resolved against. */
export function destinationOf(url: string, method: string | undefined, baseUrl: string): Destination {
  return {
    url: URL.canParse(url) ? url : (URL.parse(url, baseUrl)?.href ?? baseUrl),
    method: method?.toUpperCase() === "GET" ? "GET" : "POST",
  };
}

/** The same of an attribute that may be missing. */
export function optionalDestination(
  url: string | undefined,
  method: string | undefined,
  baseUrl: string,
): Destination | null {
  return url === undefined ? null : destinationOf(url, method, baseUrl);
}

/** Whole seconds, or the standard where none (or nonsense) is given. */
export function secondsOf(text: string | undefined, max: number, standard: number): number {
  return z.coerce.number().int().min(0).max(max).catch(standard).parse(text);
}
