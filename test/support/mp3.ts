/** Sample rates of MPEG 1, 2 and 2.5 Layer III by the header's index, and samples in one frame. */
const VERSIONS: Record<number, { rates: readonly number[]; samples: number; kbps: readonly number[] }> = {
  3: {
    rates: [44_100, 48_000, 32_000],
    samples: 1152,
    kbps: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  },
  2: {
    rates: [22_050, 24_000, 16_000],
    samples: 576,
    kbps: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  },
  0: {
    rates: [11_025, 12_000, 8_000],
    samples: 576,
    kbps: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  },
};

/**
 * Walks an MP3 frame by frame, each where the one before ends; throws where there is none. Answers its play
 * time in seconds. ISO/IEC 11172-3, 2.4.1.3.
 */
export function playTimeOf(bytes: Uint8Array): number {
  let offset = 0;
  let seconds = 0;
  while (offset < bytes.length) {
    const [sync, second, third] = [bytes[offset], bytes[offset + 1] ?? 0, bytes[offset + 2] ?? 0];
    const version = VERSIONS[(second >> 3) & 3];
    const isLayer3 = ((second >> 1) & 3) === 1;
    const rate = version?.rates[(third >> 2) & 3];
    const kbps = version?.kbps[third >> 4] ?? 0;
    if (
      sync !== 0xff ||
      second < 0xe0 ||
      !isLayer3 ||
      version === undefined ||
      rate === undefined ||
      kbps === 0
    ) {
      throw new Error(`No frame at byte ${offset} of ${bytes.length}`);
    }
    const padding = (third >> 1) & 1;
    offset += Math.floor(((version.samples / 8) * kbps * 1000) / rate) + padding;
    seconds += version.samples / rate;
  }
  if (offset !== bytes.length) throw new Error("The last frame is cut off");
  return seconds;
}
