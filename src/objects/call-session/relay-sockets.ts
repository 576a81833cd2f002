// The carrier's sockets of a call. Only one of them is current: on it the agent speaks and the customer is heard.

export const RELAY_TAG = "relay";

export function currentRelay(ctx: DurableObjectState): WebSocket | undefined {
  return ctx.getWebSockets(RELAY_TAG).find(isCurrentRelay);
}

/** A socket that closed while the object was out of memory has no tags any more, and asking for them throws. */
export function isRelay(ctx: DurableObjectState, socket: WebSocket): boolean {
  try {
    return ctx.getTags(socket).includes(RELAY_TAG);
  } catch {
    return false;
  }
}

export function isCurrentRelay(socket: WebSocket): boolean {
  const attachment: unknown = socket.deserializeAttachment();
  return (
    typeof attachment === "object" &&
    attachment !== null &&
    "current" in attachment &&
    attachment.current === true
  );
}

export function retire(socket: WebSocket, code: number, reason: string): void {
  dismiss(socket);
  socket.close(code, reason);
}

export function makeCurrent(socket: WebSocket): void {
  socket.serializeAttachment({ current: true });
}

export function dismiss(socket: WebSocket): void {
  socket.serializeAttachment({ current: false });
}
