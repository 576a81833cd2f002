/**
 * The same answer, which fails once it has grown longer than `maxBytes`; one that says so beforehand fails at once. The
 * pieces go through as they come, and whoever sends too much is not listened to any further.
 */
export async function bounded(response: Response, maxBytes: number): Promise<Response> {
  if (response.body === null) return response;
  if (Number(response.headers.get("content-length") ?? 0) > maxBytes) {
    await response.body.cancel();
    throw tooLong();
  }
  let bytes = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      bytes += piece.byteLength;
      if (bytes > maxBytes) controller.error(tooLong());
      else controller.enqueue(piece);
    },
  });
  return new Response(response.body.pipeThrough(counted), response);
}

function tooLong(): Error {
  return new Error("The answer is too long");
}
