// Starts the page at /docs. The contract's own address is the only one that it asks.

globalThis.SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  displayRequestDuration: true,
  // The default would send the contract to a server of others to be judged.
  validatorUrl: null,
});
