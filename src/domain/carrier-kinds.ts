/** The sandbox is a carrier at the far end of the HTTP border, spoken to as Twilio is. */
export const CARRIER_KINDS = ["sandbox", "twilio"] as const;
export type CarrierKind = (typeof CARRIER_KINDS)[number];
