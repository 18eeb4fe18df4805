/** One packet: its tag, and its bytes with the header. */
export interface RawPacket {
  readonly tag: number;
  readonly bytes: Uint8Array;
}

/** A run of packets; `rest` is what follows where the bytes stop being packets (or are more than `most`). */
export interface RawPackets {
  readonly packets: readonly RawPacket[];
  readonly rest: Uint8Array;
}

/**
 * Cuts bytes into OpenPGP packets without looking inside (RFC 9580, section 4.2). Needed because clients read packet by
 * packet and stop at the one they want, so that junk behind it does not matter to them, while the library reads all or
 * nothing. Partial and indeterminate lengths, which no signature has, count as the end.
 */
export function splitPackets(bytes: Uint8Array, most: number): RawPackets {
  const packets: RawPacket[] = [];
  let at = 0;
  while (at < bytes.length && packets.length < most) {
    const header = readHeader(bytes, at);
    if (header === undefined || header.end > bytes.length) break;
    packets.push({ tag: header.tag, bytes: bytes.subarray(at, header.end) });
    at = header.end;
  }
  return { packets, rest: bytes.subarray(at) };
}

function readHeader(bytes: Uint8Array, at: number): { readonly tag: number; readonly end: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = bytes[at] ?? 0;
  const has = (count: number): boolean => at + count <= bytes.length;
  if ((first & 0x80) === 0) return undefined;
  if ((first & 0x40) === 0) {
    const tag = (first & 0x3c) >> 2;
    const size = [1, 2, 4][first & 3];
    if (size === undefined || !has(1 + size)) return undefined;
    const length = size === 1 ? view.getUint8(at + 1) : size === 2 ? view.getUint16(at + 1) : view.getUint32(at + 1);
    return { tag, end: at + 1 + size + length };
  }
  const tag = first & 0x3f;
  const second = bytes[at + 1];
  if (second === undefined) return undefined;
  if (second < 192) return { tag, end: at + 2 + second };
  if (second < 224)
    return has(3) ? { tag, end: at + 3 + ((second - 192) << 8) + view.getUint8(at + 2) + 192 } : undefined;
  return second === 255 && has(6) ? { tag, end: at + 6 + view.getUint32(at + 2) } : undefined;
}
