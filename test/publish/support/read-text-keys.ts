import type { KeyReading } from "../../../src/publish/published-keys.ts";
import { key } from "./records.ts";

/** Takes any text for a key of that name: "bad" is none, what begins with "revoked" is a revoked one: "revoked one" is "one". */
export const readTextKeys = async (
  files: readonly { readonly path: string; readonly text: string }[],
): Promise<KeyReading[]> =>
  files.map(({ path, text }) => {
    if (text === "bad") return { kind: "unusable", path, problem: "The file has no key." };
    const { fingerprint, keyIds, armor } = key(text.replace(/^revoked /, ""));
    return { kind: "key", path, fingerprint, keyIds, signingKeys: [], armor, revoked: text.startsWith("revoked") };
  });
