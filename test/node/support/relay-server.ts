// The application's end of ConversationRelay's WebSocket, as far as a test needs it: text frames up to 64 kB, no
// fragments. Node has a client only. RFC 6455.

import { createHash } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const TEXT = 1;
const CLOSE = 8;

export type Relay = {
  path: string;
  signature: string;
  /** Settles with the next frame that has not been read yet. */
  next(): Promise<Record<string, unknown>>;
  send(frame: object): void;
};

/** Settles with the next socket that is opened at the server. */
export function nextRelay(server: Server): Promise<Relay> {
  return new Promise((resolve) => {
    server.once("upgrade", (request, socket) => resolve(accept(request, socket)));
  });
}

function accept({ url = "", headers }: IncomingMessage, socket: Duplex): Relay {
  const key = createHash("sha1").update(`${headers["sec-websocket-key"]}${GUID}`).digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`,
  );
  const unread: Record<string, unknown>[] = [];
  const readers: ((frame: Record<string, unknown>) => void)[] = [];
  let pending = Buffer.alloc(0);
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (let frame = readFrame(pending); frame !== null; frame = readFrame(pending)) {
      pending = pending.subarray(frame.length);
      if (frame.opcode === CLOSE) socket.end(frameOf(CLOSE, frame.payload));
      if (frame.opcode !== TEXT) continue;
      const parsed: Record<string, unknown> = JSON.parse(frame.payload.toString());
      const reader = readers.shift();
      if (reader === undefined) unread.push(parsed);
      else reader(parsed);
    }
  });
  return {
    path: url,
    signature: String(headers["x-twilio-signature"] ?? ""),
    next: () => {
      const frame = unread.shift();
      return frame === undefined ? new Promise((read) => readers.push(read)) : Promise.resolve(frame);
    },
    send: (frame) => socket.write(frameOf(TEXT, Buffer.from(JSON.stringify(frame)))),
  };
}

/** The frame at the buffer's beginning; null while it is not complete. A client's frames are masked. */
function readFrame(buffer: Buffer): { opcode: number; payload: Buffer; length: number } | null {
  if (buffer.length < 2) return null;
  const short = buffer.readUInt8(1) & 0x7f;
  const start = short === 126 ? 8 : 6;
  if (buffer.length < start) return null;
  const size = short === 126 ? buffer.readUInt16BE(2) : short;
  if (buffer.length < start + size) return null;
  const mask = buffer.subarray(start - 4, start);
  const payload = buffer.subarray(start, start + size).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return { opcode: buffer.readUInt8(0) & 0x0f, payload: Buffer.from(payload), length: start + size };
}

function frameOf(opcode: number, payload: Buffer): Buffer {
  const head = payload.length < 126 ? Buffer.from([0x80 | opcode, payload.length]) : Buffer.alloc(4);
  if (payload.length >= 126) {
    head.writeUInt16BE(((0x80 | opcode) << 8) | 126, 0);
    head.writeUInt16BE(payload.length, 2);
  }
  return Buffer.concat([head, payload]);
}
