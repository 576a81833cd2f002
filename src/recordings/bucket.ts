// Recordings in R2, an object each.

export function recordingKey(orgId: string, callId: string, recordingId: string): string {
  return `${orgId}/${callId}/${recordingId}.mp3`;
}

/** Streams into R2 where the length is known, as R2 asks; a body of unknown length is read first. */
export async function putRecording(
  bucket: R2Bucket,
  key: string,
  recording: { body: ReadableStream; lengthBytes: number | null },
): Promise<void> {
  const options = { httpMetadata: { contentType: "audio/mpeg" } };
  if (recording.lengthBytes === null) {
    await bucket.put(key, await new Response(recording.body).arrayBuffer(), options);
    return;
  }
  const fixed = new FixedLengthStream(recording.lengthBytes);
  await Promise.all([recording.body.pipeTo(fixed.writable), bucket.put(key, fixed.readable, options)]);
}
