import type { CreateCall, TelephonyProvider } from "../../src/telephony/provider.ts";
import { createTwilioProvider } from "../../src/telephony/twilio/twilio.ts";
import { callUrls } from "../../src/telephony/urls.ts";

export const ACCOUNT_SID = `AC${"0a".repeat(16)}`;
export const AUTH_TOKEN = "an-auth-token-that-nobody-may-see";
export const CALL_SID = `CA${"1b".repeat(16)}`;
export const OTHER_CALL_SID = `CA${"2c".repeat(16)}`;
export const RECORDING_SID = `RE${"3d".repeat(16)}`;
export const URLS = callUrls("https://calls.example", "car_1", "cal_1");
export const CALL: CreateCall = {
  to: "+5511999999999",
  from: "+15005550006",
  ringTimeoutSeconds: 30,
  timeLimitSeconds: 620,
  machineDetection: "answer",
  urls: URLS,
};
export const API = "https://api.twilio.example";
export const ACCOUNT_URL = `${API}/2010-04-01/Accounts/${ACCOUNT_SID}`;

/** The adapter against a network that answers once, as told, and keeps what it was asked. */
export function fakeTwilio(answer: Response | Error): {
  provider: TelephonyProvider;
  /** The one request that was made; throws if there were none or more. */
  sent: () => Request;
} {
  const requests: Request[] = [];
  const provider = createTwilioProvider({
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    apiBaseUrl: API,
    fetch: async (input, init) => {
      requests.push(new Request(input, init));
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return {
    provider,
    sent: () => {
      const [request] = requests;
      if (request === undefined || requests.length > 1)
        throw new Error(`${requests.length} requests were sent`);
      return request;
    },
  };
}

/** Twilio's error document. */
export function refusal(status: number, code: number, headers: Record<string, string> = {}): Response {
  const more_info = `https://www.twilio.com/docs/errors/${code}`;
  return Response.json({ code, message: "Refused", more_info, status }, { status, headers });
}

/** The fields of a request's form, each with its values in the order in which they were sent. */
export async function formOf(request: Request): Promise<Record<string, string[]>> {
  // `text()` would complain that a form's media type is no text.
  const form = new URLSearchParams(new TextDecoder().decode(await request.arrayBuffer()));
  return Object.fromEntries([...new Set(form.keys())].map((name) => [name, form.getAll(name)]));
}
