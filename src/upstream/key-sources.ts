import type { Reading } from "./evidence.ts";
import type { ParsedKeyFile } from "./parsed-key.ts";
import type { SignatureReport } from "./signature-report.ts";

export interface AccountFacts {
  readonly id: number;
  readonly login: string;
  readonly isOrganization: boolean;
}

/** A key on somebody's profile. */
export interface ProfileKey {
  /** 16 upper-case hex digits, as GitHub says. */
  readonly keyId: string;
  /** As it was uploaded; null where GitHub has not kept the text. */
  readonly armor: string | null;
}

/** The sums of a published version and the signature over them, in base64. */
export interface SignedSums {
  readonly sums: string;
  readonly signature: string;
}

/** Where keys come from and what they are held against. Everything comes back as data; nothing throws for a fault of the other side. */
export interface KeySources {
  readAccount(login: string): Promise<Reading<AccountFacts>>;
  /** Whether GitHub shows it to everybody; a member who does not looks like a stranger. */
  isPublicMember(organization: string, login: string): Promise<Reading<{ readonly member: boolean }>>;
  /** One page of them, 100 at most. */
  listPublicMembers(organization: string): Promise<Reading<{ readonly logins: readonly string[] }>>;
  /** The keys on a user's profile, one page; organisations have none. */
  listProfileKeys(login: string): Promise<Reading<{ readonly keys: readonly ProfileKey[] }>>;
  /** What clients download to verify a version: no request to the API, two downloads from the hosts that releases are read from. */
  readSignedSums(of: { readonly sumsUrl: string; readonly signatureUrl: string }): Promise<Reading<SignedSums>>;
  checkSignature(
    signed: SignedSums,
    under: { readonly keys: readonly ParsedKeyFile[]; readonly now: Date },
  ): Promise<SignatureReport>;
}
