// One call that lasts two hours, turn after turn on the carrier's relay: what a turn takes and writes at its beginning,
// later and at its end, what reading and watching it costs then, and what its end does. Then a call whose customer talks
// until the transcript is full.

import type { CallRecord } from "../../../src/contract/calls.ts";
import { beginTalk, openSocket } from "../relay-call.ts";
import { summaryOf, type Summary } from "../statistics.ts";
import type { Door } from "./door.ts";
import { table } from "./table.ts";

/** Turns of one window, and so many more whose rows are counted. */
const WINDOW = 80;
const COUNTED = 20;
const READS = 15;
/** Of the longest words that the relay hands over at once, so many fill a transcript. */
const LONGEST_WORDS = 4_000;
const FILLING = 260;
const WAIT_MS = 60_000;

const WORDS = [
  "I think the oak one would look best beside the window, but my partner would rather have the walnut.",
  "We measured it twice, and there are about one metre and eighty between the shelf and the door.",
  "How long would it take until it is here, and would somebody carry it up to the third floor?",
  "My neighbour bought the smaller one last year, and she says that it hardly moves when you lean on it.",
];

type Window = {
  after: number;
  turn: Summary;
  rows_read_each: number;
  rows_written_each: number;
  alarms_each: number;
};
type Reading = {
  after: number;
  record: Summary;
  record_bytes: number;
  watch: Summary;
  watched: number;
  rewatch: Summary;
  rewatched: number;
};
type End = {
  ms: number;
  turns: number;
  stored_bytes: number;
  analysed_ms: number;
  object_bytes: number;
  rows_read: number;
  rows_written: number;
};
export type LongCallReport = {
  windows: Window[];
  readings: Reading[];
  wake_ms: number;
  end: End;
  full: End & { turn: Summary };
};

type Talk = Awaited<ReturnType<typeof beginTalk>>;

export async function benchLongCall(door: Door, turns: number): Promise<LongCallReport> {
  const talk = await beginTalk(door.runtime);
  const windows: Window[] = [];
  const readings: Reading[] = [];
  const middle = Math.floor(turns / 2);
  let taken = 0;
  for (const after of [0, middle, turns]) {
    while (taken < after) await takeTurn(talk, (taken += 1));
    windows.push(await measureWindow(door, talk, taken));
    taken += WINDOW + COUNTED;
    readings.push(await measureReading(door, talk.callId, taken));
  }
  const wakeMs = await wake(door, talk.callId);
  const end = await endCall(door, talk);
  const full = await fillTranscript(door);
  const measured = { windows, readings, wake_ms: wakeMs, end, full };
  report(measured);
  return measured;
}

/** Milliseconds from the customer's words to the agent's first. */
async function takeTurn(
  talk: Talk,
  number: number,
  words = WORDS[number % WORDS.length] ?? "",
): Promise<number> {
  const beganMs = performance.now();
  const answered = talk.nextWords();
  talk.send({ type: "prompt", voicePrompt: words, lang: "en-US", last: true });
  const said = await answered;
  const ms = performance.now() - beganMs;
  await talk.endOfTurn();
  talk.send({ type: "info", name: "tokensPlayed", value: said });
  return ms;
}

async function measureWindow(door: Door, talk: Talk, after: number): Promise<Window> {
  const times: number[] = [];
  for (let count = 0; count < WINDOW; count += 1) times.push(await takeTurn(talk, count));
  const { read, written, alarms } = await door.countStorage("CALL_SESSION", talk.callId, async () => {
    for (let count = 0; count < COUNTED; count += 1) await takeTurn(talk, count);
  });
  return {
    after,
    turn: summaryOf(times),
    rows_read_each: read / COUNTED,
    rows_written_each: written / COUNTED,
    alarms_each: alarms / COUNTED,
  };
}

async function measureReading(door: Door, callId: string, after: number): Promise<Reading> {
  const [records, watches, rewatches]: number[][] = [[], [], []];
  let [bytes, watched, rewatched] = [0, 0, 0];
  for (let count = 0; count < READS; count += 1) {
    const { ms, text } = await door.get(`/v1/calls/${callId}`);
    records?.push(ms);
    bytes = Buffer.byteLength(text);
    const joined = await watch(door, callId, 0);
    watches?.push(joined.ms);
    watched = joined.messages;
    const again = await watch(door, callId, 1);
    rewatches?.push(again.ms);
    rewatched = again.messages;
  }
  return {
    after,
    record: summaryOf(records ?? []),
    record_bytes: bytes,
    watch: summaryOf(watches ?? []),
    watched,
    rewatch: summaryOf(rewatches ?? []),
    rewatched,
  };
}

/** Joins after that cursor, and reads on until all that is there was sent: then the `ping` that followed is answered. */
async function watch(door: Door, callId: string, cursor: number): Promise<{ ms: number; messages: number }> {
  const beganMs = performance.now();
  const socket = await openSocket(`${door.socketUrl}/ws/live/${callId}?cursor=${cursor}`, {
    authorization: `Bearer ${door.key}`,
  });
  let messages = 0;
  const isAllHere = new Promise<void>((resolve) => {
    socket.addEventListener("message", ({ data }) => {
      if (data === "pong") resolve();
      else messages += 1;
    });
  });
  socket.send("ping");
  await isAllHere;
  const ms = performance.now() - beganMs;
  socket.close();
  return { ms, messages };
}

/** The first read of a call whose object was out of memory. */
async function wake(door: Door, callId: string): Promise<number> {
  await door.object("CALL_SESSION", callId, [["benchDie"]]);
  return (await door.get(`/v1/calls/${callId}`)).ms;
}

/** The carrier tells that it is over; the end is in the database, and then what the analysis made of it. */
async function endCall(door: Door, talk: Talk): Promise<End> {
  const times = { ms: 0, analysed_ms: 0 };
  let row: Record<string, unknown> | undefined;
  const { bytes, read, written } = await door.countStorage("CALL_SESSION", talk.callId, async () => {
    const beganMs = performance.now();
    const response = await talk.callBack("status", { CallStatus: "completed", CallDuration: "7200" });
    if (!response.ok) throw new Error(`The end was not taken: ${response.status} ${await response.text()}`);
    row = await until(
      () => storedTranscript(door, talk.callId),
      (found) => found !== undefined,
    );
    times.ms = performance.now() - beganMs;
    const record = async () => JSON.parse((await door.get(`/v1/calls/${talk.callId}`)).text) as CallRecord;
    await until(record, ({ summary }) => summary !== null);
    times.analysed_ms = performance.now() - beganMs;
  });
  return {
    ...times,
    turns: Number(row?.["turns"]),
    stored_bytes: Number(row?.["bytes"]),
    object_bytes: bytes,
    rows_read: read,
    rows_written: written,
  };
}

async function storedTranscript(door: Door, callId: string): Promise<Record<string, unknown> | undefined> {
  const [result] = await door.sql([
    `SELECT json_array_length(turns) AS turns, octet_length(turns) AS bytes FROM transcripts
     WHERE call_id = '${callId}'`,
  ]);
  return result?.rows[0];
}

async function fillTranscript(door: Door): Promise<LongCallReport["full"]> {
  const talk = await beginTalk(door.runtime);
  const words = "We would like a table. ".repeat(LONGEST_WORDS).slice(0, LONGEST_WORDS);
  for (let count = 0; count < FILLING; count += 1) await takeTurn(talk, count, words);
  const times: number[] = [];
  for (let count = 0; count < WINDOW; count += 1) times.push(await takeTurn(talk, count));
  return { turn: summaryOf(times), ...(await endCall(door, talk)) };
}

async function until<T>(read: () => Promise<T>, isIt: (value: T) => boolean): Promise<T> {
  const deadlineMs = performance.now() + WAIT_MS;
  for (;;) {
    const value = await read();
    if (isIt(value)) return value;
    if (performance.now() > deadlineMs) throw new Error(`It did not come about: ${JSON.stringify(value)}`);
  }
}

function report({ windows, readings, end, full, wake_ms }: LongCallReport): void {
  const ms = ({ p50, p90 }: Summary): string => `${p50.toFixed(2)} ${p90.toFixed(2)}`;
  table(
    ["a long call, milliseconds (median p90)", ...windows.map(({ after }) => `after ${after} turns`)],
    [
      ["a turn, to the agent's first words", ...windows.map(({ turn }) => ms(turn))],
      ["rows read by a turn", ...windows.map((each) => each.rows_read_each.toFixed(1))],
      ["rows written by a turn", ...windows.map((each) => each.rows_written_each.toFixed(1))],
      ["alarms set by a turn", ...windows.map((each) => each.alarms_each.toFixed(1))],
      ["the call's record", ...readings.map(({ record }) => ms(record))],
      ["… of so many bytes", ...readings.map((each) => String(each.record_bytes))],
      ["a watcher joins", ...readings.map(({ watch: joined }) => ms(joined))],
      ["… and is sent so many messages", ...readings.map((each) => String(each.watched))],
      ["a watcher that saw only the first", ...readings.map(({ rewatch }) => ms(rewatch))],
      ["… and is sent so many messages", ...readings.map((each) => String(each.rewatched))],
    ],
  );
  table(
    ["its end", "long", "full"],
    [
      ["milliseconds until it is in the database", end.ms.toFixed(0), full.ms.toFixed(0)],
      ["… until it is analysed", end.analysed_ms.toFixed(0), full.analysed_ms.toFixed(0)],
      ["rows that the object reads for it", String(end.rows_read), String(full.rows_read)],
      ["… and writes", String(end.rows_written), String(full.rows_written)],
      ["turns stored", String(end.turns), String(full.turns)],
      ["bytes of the transcript's row", String(end.stored_bytes), String(full.stored_bytes)],
      ["bytes of the object's storage", String(end.object_bytes), String(full.object_bytes)],
      ["the first read after its object was out of memory, milliseconds", wake_ms.toFixed(2), ""],
      ["a turn before it", ms(windows.at(-1)?.turn ?? full.turn), ms(full.turn)],
    ],
  );
}
