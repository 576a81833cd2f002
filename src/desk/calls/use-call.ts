// A call as its page follows it: its record, what happened to it, and, while it lives, what is said this moment.

import { useEffect, useRef, useState } from "preact/hooks";
import type { CallTimeline, TimelineEvent } from "../../contract/call-timeline.ts";
import type { CallRecord } from "../../contract/calls.ts";
import type { LiveMessage } from "../../contract/live.ts";
import type { TranscriptTurn } from "../../domain/transcript.ts";
import { openLiveSocket, type SocketState } from "../live-socket.ts";
import { useResource, type Resource } from "../resource.ts";

/** What comes after a call's end is asked for so often, later and later: for some five minutes in all. */
const FIRST_WAIT_MS = 1_000;
const TRIES = 9;

export type FollowedCall = {
  call: Resource<CallRecord>;
  timeline: Resource<CallTimeline>;
  /** Null: the call is not live, or not listened to yet. */
  socket: SocketState | null;
  turns: readonly TranscriptTurn[];
  /** The call is over, and what it amounted to is still looked for. */
  isSettling: boolean;
};

export function useCall(id: string): FollowedCall {
  const path = `/v1/calls/${encodeURIComponent(id)}`;
  const call = useResource<CallRecord>(path);
  const timeline = useResource<CallTimeline>(`${path}/events`);
  const record = call.value;
  const isLive = record !== null && record.status !== "ended";
  const reload = (): void => {
    void call.reload();
    void timeline.reload();
  };
  const { socket, lines } = useLiveLines(record?.uuid ?? null, isLive, reload);
  const isSettling = useSettling(record, timeline.value, reload);
  useNewest(record, timeline.value, call.reload);
  return {
    call,
    timeline,
    socket,
    isSettling,
    turns: isLive ? joined(record, lines) : (record?.transcript ?? []),
  };
}

type LiveLine = Extract<LiveMessage, { type: "transcript" }>;

function useLiveLines(id: string | null, isLive: boolean, onNews: () => void) {
  const [socket, setSocket] = useState<SocketState | null>(null);
  const [lines, setLines] = useState<ReadonlyMap<number, LiveLine>>(new Map());
  const tell = useRef(onNews);
  tell.current = onNews;
  useEffect(() => {
    if (id === null || !isLive) return;
    // A late joiner is told what went before all at once: it is read once.
    let news: ReturnType<typeof setTimeout> | undefined;
    const hear = (message: LiveMessage): void => {
      if (message.type === "transcript") {
        setLines((before) => new Map(before).set(message.index, message));
        return;
      }
      clearTimeout(news);
      news = setTimeout(() => tell.current(), 100);
    };
    const close = openLiveSocket<LiveMessage>(`/ws/live/${id}`, {
      onMessage: hear,
      onState: (state) => {
        setSocket(state);
        if (state === "done") tell.current();
      },
    });
    return () => {
      clearTimeout(news);
      close();
      setSocket(null);
    };
  }, [id, isLive]);
  return { socket, lines };
}

/** What was read, and after it what was heard since. A line whose text is empty was taken back. */
function joined(record: CallRecord, lines: ReadonlyMap<number, LiveLine>): TranscriptTurn[] {
  const heard = [...lines.values()].toSorted((a, b) => a.index - b.index);
  const [first] = heard;
  const before = record.transcript.filter(
    ({ timestamp }) => first === undefined || timestamp < first.timestamp,
  );
  return [...before, ...heard.filter(({ text }) => text !== "")];
}

/** The two are read side by side: a record that knows less than the timeline was read before, and is read again. */
function useNewest(
  record: CallRecord | null,
  timeline: CallTimeline | null,
  reload: () => Promise<void>,
): void {
  // What is withheld stays so: once for each timeline.
  const readAfter = useRef<CallTimeline | null>(null);
  useEffect(() => {
    if (record === null || timeline === null || readAfter.current === timeline) return;
    if (record.recording_url !== null || !has(timeline, "recording_ready")) return;
    readAfter.current = timeline;
    void reload();
  }, [record, timeline, reload]);
}

/** Analysis and recording come after the end, each in its time. */
function useSettling(record: CallRecord | null, timeline: CallTimeline | null, reload: () => void): boolean {
  const [tries, setTries] = useState(0);
  const look = useRef(reload);
  look.current = reload;
  const isWanting = record !== null && isUnsettled(record, timeline);
  useEffect(() => {
    if (!isWanting || tries >= TRIES) return;
    const timer = setTimeout(
      () => {
        setTries(tries + 1);
        look.current();
      },
      FIRST_WAIT_MS * 2 ** tries,
    );
    return () => clearTimeout(timer);
  }, [isWanting, tries]);
  return isWanting && tries < TRIES;
}

/** What has not come by then is waited for no more. */
const LONGEST_WAIT_MS = 900_000;

function isUnsettled(record: CallRecord, timeline: CallTimeline | null): boolean {
  if (record.ended_at === null || timeline === null) return false;
  if (Date.now() - Date.parse(record.ended_at) > LONGEST_WAIT_MS) return false;
  const awaitsRecording =
    has(timeline, "recording_started") && !has(timeline, "recording_ready") && !has(timeline, "opted_out");
  return record.summary === null || !has(timeline, "analyzed") || awaitsRecording;
}

function has(timeline: CallTimeline, type: TimelineEvent["type"]): boolean {
  return timeline.events.some((event) => event.type === type);
}
