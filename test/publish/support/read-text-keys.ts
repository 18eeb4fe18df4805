import type { KeyReading } from "../../../src/publish/published-keys.ts";
import { key } from "./records.ts";

/** Takes any text for a key. */
export const readTextKeys = async (
  files: readonly { readonly path: string; readonly text: string }[],
): Promise<KeyReading[]> =>
  files.map(({ path, text }) => {
    const { fingerprint, keyId, armor } = key(text);
    return { kind: "key", path, fingerprint, keyIds: [keyId], signingKeys: [], armor, revoked: false };
  });
