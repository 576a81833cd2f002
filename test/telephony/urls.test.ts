import { expect, test } from "vitest";
import { callUrls, humanUrls } from "../../src/telephony/urls.ts";

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

test("what is about a human in a transfer names both, and is signed with its query", () => {
  const which = { transferId: "trf_1", humanId: "hum_1" };
  const base = "https://calls.example/carriers/car_1/calls/cal_1";
  const query = "transfer=trf_1&human=hum_1";
  expect(humanUrls("https://calls.example", "car_1", "cal_1", which)).toEqual({
    whisper: `${base}/whisper?${query}`,
    accept: `${base}/accept?${query}`,
    dialEnd: `${base}/dial-end?${query}`,
  });
});
