/** Bytes that are kept at most. */
const capacity = 64 * 1024 * 1024;

/**
 * Keeps blobs by their id: what a git id names never changes. Several readers of one blob share one request; a failed
 * one is forgotten.
 */
export function createBlobCache(): (id: string, read: () => Promise<Uint8Array>) => Promise<Uint8Array> {
  const kept = new Map<string, Promise<Uint8Array>>();
  let size = 0;

  async function account(id: string, blob: Promise<Uint8Array>): Promise<void> {
    try {
      size += (await blob).byteLength;
    } catch {
      kept.delete(id);
      return;
    }
    for (const [oldest, bytes] of kept) {
      if (size <= capacity) break;
      kept.delete(oldest);
      size -= (await bytes).byteLength;
    }
  }

  return (id, read) => {
    const known = kept.get(id);
    if (known !== undefined) return known;
    const blob = read();
    kept.set(id, blob);
    void account(id, blob);
    return blob;
  };
}
