import { describe, expect, test } from "vitest";
import { toHex } from "../../src/lib/crypto.ts";
import {
  FRAME_BYTES,
  FRAME_MS,
  frameCount,
  recordingChunks,
  type SpeechSpan,
} from "../../src/sandbox/mp3.ts";

function framesOf(seconds: number, speech: SpeechSpan[]): string[] {
  const frames: string[] = [];
  for (const chunk of recordingChunks(seconds, speech)) {
    for (let at = 0; at < chunk.length; at += FRAME_BYTES) {
      frames.push(toHex(chunk.subarray(at, at + FRAME_BYTES)));
    }
  }
  return frames;
}

describe("a recording's MP3", () => {
  test.each([1, 2, 7, 60, 3600])("%i seconds play within a frame of their length", (seconds) => {
    const frames = framesOf(seconds, []);
    expect(frames).toHaveLength(frameCount(seconds));
    expect(Math.abs(frames.length * FRAME_MS - seconds * 1000)).toBeLessThanOrEqual(FRAME_MS / 2);
  });

  test("every frame is whole: MPEG-2 Layer III, 32 kbps, 16 kHz, mono, no bit reservoir", () => {
    const speech: SpeechSpan[] = [
      { who: "agent", fromMs: 0, toMs: 900 },
      { who: "customer", fromMs: 1000, toMs: 1900 },
    ];
    for (const frame of framesOf(3, speech)) expect(frame).toMatch(/^fff348c000/);
  });

  test("tells by ear who spoke: two tones, and silence between", () => {
    const frames = framesOf(3, [
      { who: "agent", fromMs: 0, toMs: 900 },
      { who: "customer", fromMs: 1008, toMs: 1908 },
    ]);
    const silence = framesOf(1, [])[0];
    const [agent, pause, customer, end] = [frames[6], frames[26], frames[30], frames.at(-1)];
    expect(pause).toBe(silence);
    expect(end).toBe(silence);
    expect(new Set([agent, customer, silence]).size).toBe(3);
  });

  test("ignores speech outside the recording", () => {
    const frames = framesOf(1, [{ who: "agent", fromMs: -500, toMs: 90_000 }]);
    expect(frames).toHaveLength(28);
  });
});
