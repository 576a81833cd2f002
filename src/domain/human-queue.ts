/** How a person of a queue takes a call: by a key pressed after the brief, or by picking up. */
export const ACCEPT_MODES = ["key", "auto"] as const;
export type AcceptMode = (typeof ACCEPT_MODES)[number];

/** Only who is available is offered calls. */
export const PRESENCES = ["available", "busy", "offline"] as const;
export type Presence = (typeof PRESENCES)[number];
