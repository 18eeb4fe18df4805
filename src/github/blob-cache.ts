/** Bytes that are kept at most. */
const capacity = 64 * 1024 * 1024;

/**
 * Keeps blobs by their id: what a git id names never changes. Several readers of one blob share one request; a failed
 * one is forgotten.
 */
export function createBlobCache(
  mostBytes: number = capacity,
): (id: string, read: () => Promise<Uint8Array>) => Promise<Uint8Array> {
  const kept = new Map<string, { readonly blob: Promise<Uint8Array>; bytes: number }>();
  let size = 0;

  function account(id: string, bytes: number): void {
    const entry = kept.get(id);
    if (entry === undefined) return;
    entry.bytes = bytes;
    size += bytes;
    for (const [oldest, { bytes: freed }] of kept) {
      if (size <= mostBytes) break;
      // What is still being read takes no room yet, and its readers share one request.
      if (freed === 0) continue;
      kept.delete(oldest);
      size -= freed;
    }
  }

  return (id, read) => {
    const known = kept.get(id);
    if (known !== undefined) return known.blob;
    const blob = read();
    kept.set(id, { blob, bytes: 0 });
    blob.then(
      ({ byteLength }) => account(id, byteLength),
      () => kept.delete(id),
    );
    return blob;
  };
}
