// A deployed Worker can't fetch its own host, and a local one has no need of a port to do so: requests to
// the deployment's own address go straight to its own entry. That is how product and sandbox talk.

import { exports } from "cloudflare:workers";

/** A `fetch` that reaches the own origin without the network, and everything else over it. */
export function fetchWithLoopback(ownOrigin: string): typeof fetch {
  return (input, init) => {
    const request = new Request(input, init);
    return new URL(request.url).origin === ownOrigin ? exports.default.fetch(request) : fetch(request);
  };
}
