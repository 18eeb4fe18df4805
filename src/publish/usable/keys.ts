import { listed, plainText, quoted } from "../../registry/plain-text.ts";
import type { PublishedKey } from "../document.ts";

export type KeyChoice =
  | { readonly ok: true; readonly keys: readonly PublishedKey[] }
  | { readonly ok: false; readonly problem: string; readonly next: string };

/** The keys that apply to one provider, chosen from for each of its versions. */
export class KeyRing {
  /** Each fingerprint once, none of them revoked; in the order given. */
  readonly valid: readonly PublishedKey[];
  readonly #all: readonly PublishedKey[];
  readonly #revoked: ReadonlySet<string>;

  constructor(keys: readonly PublishedKey[]) {
    this.#all = keys;
    // Revoked in one of two files is revoked: the other file is an older export of the same key.
    this.#revoked = new Set(keys.filter((key) => key.revoked).map((key) => key.fingerprint));
    const seen = new Set(this.#revoked);
    this.valid = keys.filter((key) => !seen.has(key.fingerprint) && seen.add(key.fingerprint));
  }

  /** The key that signed a version; all valid ones where the record does not say which. */
  choose(signedBy: string | undefined): KeyChoice {
    if (signedBy === undefined) return { ok: true, keys: this.valid };
    const key = this.valid.find((candidate) => candidate.fingerprint === signedBy);
    if (key !== undefined) return { ok: true, keys: [key] };
    if (this.#revoked.has(signedBy)) {
      const paths = this.#all.filter((candidate) => candidate.fingerprint === signedBy).map(({ path }) => quoted(path));
      return {
        ok: false,
        problem: `it was signed by the key ${plainText(signedBy)}, which is revoked (${listed(paths)})`,
        next: "Withdraw the version, or release it again under a new version signed by a key that is valid.",
      };
    }
    return {
      ok: false,
      problem: `it was signed by the key ${plainText(signedBy)}, which the registry does not have for this provider`,
      next: "Add that key below keys/ again, or withdraw the version.",
    };
  }
}
