import type { KeyReading, ReadKeys } from "../publish/published-keys.ts";

/** Parses each key file once, as long as it stays the same: hundreds of them would hold up every new commit. */
export function rememberKeys(readKeys: ReadKeys): ReadKeys {
  let known: ReadonlyMap<string, readonly KeyReading[]> = new Map();
  return async (files) => {
    const next = new Map<string, readonly KeyReading[]>();
    for (const file of files) {
      const name = JSON.stringify([file.path, file.text]);
      next.set(name, known.get(name) ?? (await readKeys([file])));
    }
    known = next;
    return [...next.values()].flat();
  };
}
