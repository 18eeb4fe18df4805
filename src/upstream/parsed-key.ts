/** The primary key, or a subkey that may sign. */
export interface SigningKey {
  /** 16 upper-case hex digits. */
  readonly keyId: string;
  /** 40 upper-case hex digits. */
  readonly fingerprint: string;
  readonly algorithm: string;
  /** Whether its self-signature allows it to sign data. */
  readonly signs: boolean;
  readonly revoked: boolean;
  readonly createdAt: string;
  /** When it or its primary key expires, whichever is first; ISO 8601. */
  readonly expiresAt: string | null;
  /** Why it, or its primary key, is weak: `RSA 1024`. */
  readonly weak: readonly string[];
}

/** An OpenPGP version 4 key as clients see it. Plain JSON data, except that nothing but `readKeys` may make one. */
export interface ParsedKey {
  readonly kind: "key";
  readonly path: string;
  /** Of the primary key: 40 upper-case hex digits. */
  readonly fingerprint: string;
  /** Of all `signingKeys`. */
  readonly keyIds: readonly string[];
  /** Plain text of one line each, safe to print; never Markdown. */
  readonly userIds: readonly string[];
  readonly algorithm: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  /** The primary key, or its main user id, is revoked: clients then refuse all its signatures, older ones too. */
  readonly revoked: boolean;
  /** The primary key first, then its signing subkeys. */
  readonly signingKeys: readonly SigningKey[];
  /** The minimal export, to be published: one block, no headers, the same text for the same file. */
  readonly armor: string;
}

export interface UnusableKeyFile {
  readonly kind: "unusable";
  readonly path: string;
  /** One or more plain sentences. */
  readonly problem: string;
}

export type ParsedKeyFile = ParsedKey | UnusableKeyFile;

/** What one entry of `gpg_public_keys` is to a client: the keys of its first block, or nothing that it can read. */
export type KeyElement = readonly ParsedKey[] | "unreadable";
