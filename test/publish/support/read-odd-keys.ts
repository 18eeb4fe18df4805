import type { KeyReading } from "../../../src/publish/published-keys.ts";
import { key } from "./records.ts";

/** Takes any text for a key, save `bad`; `gone` is revoked, and so is what ends so: `one gone` is a later export of `one`. */
export const readOddKeys = async (
  files: readonly { readonly path: string; readonly text: string }[],
): Promise<KeyReading[]> =>
  files.map(({ path, text }) => {
    if (text === "bad") return { kind: "unusable", path, problem: "It is no key." };
    const { fingerprint, keyId, armor } = key(text.split(" ")[0] ?? "");
    return { kind: "key", path, fingerprint, keyIds: [keyId], armor, revoked: /(?:^| )gone$/.test(text) };
  });
