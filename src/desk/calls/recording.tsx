import type { Campaign } from "../../contract/campaigns.ts";
import type { CallTimeline } from "../../contract/call-timeline.ts";
import type { CallRecord } from "../../contract/calls.ts";
import type { Contact } from "../../contract/contacts.ts";
import { Loading } from "../ui/parts.tsx";

type Known = {
  call: CallRecord;
  timeline: CallTimeline | null;
  contact: Contact | null;
  campaign: Campaign | null;
  isSettling: boolean;
};

/** The player, or why there is none. */
export function Recording({
  onPlayer,
  ...known
}: Known & { onPlayer: (player: HTMLAudioElement | null) => void }) {
  const { call } = known;
  if (call.recording_url !== null) {
    return (
      <audio
        ref={onPlayer}
        class="player"
        controls
        preload="metadata"
        aria-label="Recording of the call"
        src={`/api/voice/calls/${call.uuid}/recording`}
      />
    );
  }
  if (call.status === "ended" && known.isSettling && reasonFor(known) === null) {
    return <Loading what="The recording is not here yet; it is being looked for" />;
  }
  return <p class="quiet">{reasonFor(known) ?? "There is no recording of this call."}</p>;
}

/** Null: none is known. */
function reasonFor({ call, timeline, contact, campaign }: Known): string | null {
  const has = (type: string): boolean => timeline?.events.some((event) => event.type === type) ?? false;
  if (call.status !== "ended") return "The recording can be heard once the call is over.";
  if (call.outcome !== "connected") return "Nobody was talked with, so nothing was recorded.";
  const isOptedOut = contact !== null && contact.opted_out_at !== null;
  if (has("opted_out") || isOptedOut) {
    return "The contact has opted out: the recording is withheld.";
  }
  // It was there once, and is not to be had.
  if (has("recording_ready")) return "The recording is withheld, or was taken away.";
  if (!has("recording_started") && campaign?.config.record === false) {
    return "The campaign does not record its calls.";
  }
  return null;
}

/** Seconds from the answer to the recording's beginning. */
export function offsetOf(timeline: CallTimeline | null): number {
  for (const event of timeline?.events ?? []) if (event.type === "recording_started") return event.offset;
  return 0;
}
