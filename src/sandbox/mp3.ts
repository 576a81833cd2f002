// A call's recording as an MP3 without an encoder: frames of fixed size, chosen by who was speaking.
// Every frame is 144 bytes and lasts 36 ms and depends on no other, so a recording can be sized before it is
// made and made piece by piece. Nobody's words are in it: the agent is one tone, the customer another.

import { fromBase64 } from "../lib/crypto.ts";
import { AGENT_TONE_BASE64, CUSTOMER_TONE_BASE64 } from "./mp3-tones.ts";

export const FRAME_BYTES = 144;
export const FRAME_MS = 36;
const FRAMES_PER_CHUNK = 1024;

export type Speaker = "agent" | "customer";

/** A stretch of speech, in milliseconds from the recording's start. */
export type SpeechSpan = { who: Speaker; fromMs: number; toMs: number };

/** Enough frames for the duration, to the nearest 36 ms. */
export function frameCount(seconds: number): number {
  return Math.max(1, Math.round((seconds * 1000) / FRAME_MS));
}

/** The whole recording in chunks of at most 144 KiB. Where both speak, the customer is heard. */
export function* recordingChunks(seconds: number, speech: readonly SpeechSpan[]): Generator<Uint8Array> {
  const frames = frameCount(seconds);
  const tones = { agent: fromBase64(AGENT_TONE_BASE64), customer: fromBase64(CUSTOMER_TONE_BASE64) };
  const speakers = speakersByFrame(frames, speech);
  for (let first = 0; first < frames; first += FRAMES_PER_CHUNK) {
    const count = Math.min(FRAMES_PER_CHUNK, frames - first);
    const chunk = new Uint8Array(count * FRAME_BYTES);
    for (let i = 0; i < count; i++) {
      const speaker = speakers[first + i];
      chunk.set(speaker === undefined ? SILENCE : frameOf(tones[speaker], first + i), i * FRAME_BYTES);
    }
    yield chunk;
  }
}

const SILENCE = new Uint8Array(FRAME_BYTES);
SILENCE.set([0xff, 0xf3, 0x48, 0xc0]);

function frameOf(tone: Uint8Array, index: number): Uint8Array {
  const offset = (index * FRAME_BYTES) % tone.length;
  return tone.subarray(offset, offset + FRAME_BYTES);
}

function speakersByFrame(frames: number, speech: readonly SpeechSpan[]): (Speaker | undefined)[] {
  const speakers = Array.from<Speaker | undefined>({ length: frames });
  for (const who of ["agent", "customer"] as const) {
    for (const span of speech) {
      if (span.who !== who) continue;
      const from = Math.max(0, Math.floor(span.fromMs / FRAME_MS));
      const to = Math.min(frames, Math.ceil(span.toMs / FRAME_MS));
      if (from < to) speakers.fill(who, from, to);
    }
  }
  return speakers;
}
