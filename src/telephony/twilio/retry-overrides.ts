/**
 * Connection overrides ride in the fragment of a URL that Twilio is given; they are neither sent nor signed. Up to
 * five tries, also when our answer is a 5xx or none: all that we are asked may be asked again.
 * https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
 */
export const RETRY_OVERRIDES = "#rc=5&rp=ct,rt,5xx";
