import { expect, test } from "vitest";
import { callUrls } from "../../src/telephony/urls.ts";

test.each([
  ["https://calls.example", "wss://calls.example"],
  ["http://localhost:8787", "ws://localhost:8787"],
  ["https://http.example", "wss://http.example"],
])("a call at %s meets its carrier there, and on %s by socket", (base, socketBase) => {
  const path = "/carriers/car_1/calls/cal_1";
  expect(callUrls(base, "car_1", "cal_1")).toEqual({
    answer: `${base}${path}/answer`,
    status: `${base}${path}/status`,
    recording: `${base}${path}/recording`,
    relayEnd: `${base}${path}/relay-end`,
    relay: `${socketBase}${path}/relay`,
  });
});
