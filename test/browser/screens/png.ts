// A screenshot as small as it can be told: a page has few colours, so that a palette of them says it all. Colours beyond
// the palette, of letters' soft edges, become the nearest in it.

import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const MAX_COLOURS = 256;
/** PNG specification, 11.2.2: what a pixel is made of. */
const BYTES_PER_PIXEL: Readonly<Record<number, number>> = { 2: 3, 6: 4 };

type Pixels = { width: number; height: number; /** 0xRRGGBB, row by row. */ colours: Uint32Array };

/** @param png as browsers take it: 8 bits a channel, not interlaced, nothing to be seen through. */
export function shrinkPng(png: Buffer): Buffer {
  const pixels = readPng(png);
  const palette = paletteOf(pixels.colours);
  const places = new Map(palette.map((colour, place) => [colour, place]));
  const { width, height, colours } = pixels;
  // Each row begins with its filter: none.
  const rows = Buffer.alloc((width + 1) * height);
  colours.forEach((colour, at) => {
    const place = places.get(colour) ?? nearest(palette, colour);
    places.set(colour, place);
    rows[at + Math.floor(at / width) + 1] = place;
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("PLTE", Buffer.from(palette.flatMap(channelsOf))),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function readPng(png: Buffer): Pixels {
  const chunks = chunksOf(png);
  const header = chunks.find(({ type }) => type === "IHDR")?.content ?? Buffer.alloc(13);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const size = BYTES_PER_PIXEL[header.readUInt8(9)];
  if (header.readUInt8(8) !== 8 || header.readUInt8(12) !== 0 || size === undefined) {
    throw new Error("A PNG of another form than browsers make");
  }
  const packed = chunks.filter(({ type }) => type === "IDAT").map(({ content }) => content);
  const bytes = unfilter(inflateSync(Buffer.concat(packed)), { width, height, size });
  const colours = Uint32Array.from({ length: width * height }, (_, at) => bytes.readUIntBE(at * size, 3));
  return { width, height, colours };
}

function chunksOf(png: Buffer): { type: string; content: Buffer }[] {
  const chunks = [];
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    chunks.push({
      type: png.toString("latin1", at + 4, at + 8),
      content: png.subarray(at + 8, at + 8 + length),
    });
    at += length + 12;
  }
  return chunks;
}

/** PNG specification, 9.2: rows are told by how they differ from what is left of them and above. */
function unfilter(
  raw: Buffer,
  { width, height, size }: { width: number; height: number; size: number },
): Buffer {
  const stride = width * size;
  const bytes = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw.readUInt8(y * (stride + 1));
    for (let x = 0; x < stride; x += 1) {
      const at = y * stride + x;
      const left = x < size ? 0 : (bytes[at - size] ?? 0);
      const above = bytes[at - stride] ?? 0;
      const corner = x < size ? 0 : (bytes[at - stride - size] ?? 0);
      const told = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter] ?? 0;
      bytes[at] = (raw.readUInt8(y * (stride + 1) + 1 + x) + told) & 0xff;
    }
  }
  return bytes;
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [toLeft, toAbove, toCorner] = [
    Math.abs(guess - left),
    Math.abs(guess - above),
    Math.abs(guess - corner),
  ];
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

/** Colours near which all others lie, the most frequent first, as near as so many allow. */
function paletteOf(colours: Uint32Array): number[] {
  const counts = new Map<number, number>();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const byCount = [...counts].toSorted(([, one], [, other]) => other - one).map(([colour]) => colour);
  for (let reach = 0; ; reach += 4) {
    const palette: number[] = [];
    for (const colour of byCount) {
      if (reach === 0 || palette.every((one) => distanceOf(one, colour) > reach)) palette.push(colour);
      if (palette.length > MAX_COLOURS) break;
    }
    if (palette.length <= MAX_COLOURS) return palette;
  }
}

function nearest(palette: readonly number[], colour: number): number {
  let best = { at: 0, distance: Infinity };
  palette.forEach((candidate, at) => {
    const distance = distanceOf(candidate, colour);
    if (distance < best.distance) best = { at, distance };
  });
  return best.at;
}

function distanceOf(one: number, other: number): number {
  const apart = channelsOf(other);
  return Math.hypot(...channelsOf(one).map((channel, at) => channel - (apart[at] ?? 0)));
}

function channelsOf(colour: number): number[] {
  return [colour >> 16, (colour >> 8) & 0xff, colour & 0xff];
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
