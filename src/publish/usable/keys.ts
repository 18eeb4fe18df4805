import { listed, plainText, quoted } from "../../registry/plain-text.ts";
import type { PublishedKey } from "../document.ts";

export type KeyChoice =
  | { readonly ok: true; readonly keys: readonly PublishedKey[] }
  | { readonly ok: false; readonly problem: string; readonly next: string };

/** The keys that apply to one provider, chosen from for each of its versions. */
export class KeyRing {
  /** None of them revoked; of several exports of one key those that say something of their own; in the order given. */
  readonly valid: readonly PublishedKey[];
  readonly #all: readonly PublishedKey[];
  readonly #revoked: ReadonlySet<string>;

  constructor(keys: readonly PublishedKey[]) {
    this.#all = keys;
    // Revoked in one of two files is revoked: the other file is an older export of the same key.
    this.#revoked = new Set(keys.filter((key) => key.revoked).map((key) => key.fingerprint));
    const valid = keys.filter((key) => !this.#revoked.has(key.fingerprint));
    this.valid = valid.filter((key, at) => !valid.some((other, otherAt) => isReplaced(key, other, otherAt < at)));
  }

  /** The key that signed a version; all valid ones where the record does not say which. */
  choose(signedBy: string | undefined): KeyChoice {
    if (signedBy === undefined) return { ok: true, keys: this.valid };
    const keys = this.valid.filter((candidate) => candidate.fingerprint === signedBy);
    if (keys.length > 0) return { ok: true, keys };
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

/** Whether another export of the same key does all that this one does, and for longer (client contract, section 5). */
function isReplaced(key: PublishedKey, other: PublishedKey, isBefore: boolean): boolean {
  if (other === key || other.fingerprint !== key.fingerprint) return false;
  if (!key.keyIds.every((keyId) => other.keyIds.includes(keyId))) return false;
  if (other.keyIds.length > key.keyIds.length) return true;
  const [own, others] = [key, other].map(({ goodUntil }) => goodUntil ?? "never") as [string, string];
  return own === others ? isBefore : own < others;
}
