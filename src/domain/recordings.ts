/** What becomes of a recording at the carrier once it is stored here. */
export const RECORDINGS_AT_CARRIER = ["keep", "delete"] as const;
