// How a `<Gather>` ends: by keys, or by the time for them running out. What it has goes to its action, or, if that is
// nothing, the document goes on behind it. https://www.twilio.com/docs/voice/twiml/gather

import { commonParams } from "./callbacks.ts";
import { cutSpeech } from "./ending.ts";
import { requestDocument, runProgram } from "./program.ts";
import { clearTimers, setTimer, type Turn } from "./turn.ts";

const KEY = "1";

/** Presses a key, and the one that says that this is all, if it takes one. */
export function pressKeys(turn: Turn): void {
  press(turn, KEY);
  const finish = turn.state.gather?.finishOnKey;
  if (finish !== undefined && finish !== "") press(turn, finish);
}

function press(turn: Turn, key: string): void {
  const { gather } = turn.state;
  if (gather === null) return;
  cutSpeech(turn);
  if (key === gather.finishOnKey) return endGather(turn);
  gather.digits += key;
  if (gather.digits.length === gather.numDigits) return endGather(turn);
  setTimer(turn, "gather", gather.timeoutSeconds * 1000);
}

export function endGather(turn: Turn): void {
  const { gather } = turn.state;
  if (gather === null) return;
  clearTimers(turn, "gather", "key");
  turn.state.gather = null;
  if (gather.digits === "" && !gather.actionOnEmptyResult) return runProgram(turn);
  requestDocument(turn, gather.action, { ...commonParams(turn.state), Digits: gather.digits });
}
