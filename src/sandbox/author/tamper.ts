/**
 * Breaks one bit of a signature so that it still parses: near the end of its only packet, inside the last integer of the
 * signature proper (RFC 9580, section 5.2.3), and not in that integer's highest byte, which its length depends on.
 */
export function breakSignature(signature: Uint8Array): Uint8Array {
  const at = signature.length - 5;
  const byte = signature[at];
  if (byte === undefined) throw new RangeError("That is too short to be a signature.");
  return signature.with(at, byte ^ 0x01);
}
