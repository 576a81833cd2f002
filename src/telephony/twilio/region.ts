// Where Twilio handles an account's calls, and so opens their relay's socket from: its region stands in the host, as
// `api.{edge}.{region}.twilio.com`; without one it is us1. https://www.twilio.com/docs/global-infrastructure

const NEAREST: Readonly<Record<string, DurableObjectLocationHint>> = { us1: "enam", ie1: "weur", au1: "oc" };

/** The place nearest to it; null where the host is none of Twilio's own, or its region none that we know. */
export function nearestPlace(apiBaseUrl: string | null): DurableObjectLocationHint | null {
  const host = apiBaseUrl === null ? "api.twilio.com" : hostOf(apiBaseUrl);
  const match = /^api(?:\.[a-z-]+)??(?:\.([a-z]{2}\d))?\.twilio\.com$/.exec(host);
  return match === null ? null : (NEAREST[match[1] ?? "us1"] ?? null);
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : "";
}
