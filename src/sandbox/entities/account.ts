/** An OpenPGP key on somebody's profile. */
export interface GpgKey {
  readonly id: number;
  /** 40 upper-case hex digits. */
  readonly fingerprint: string;
  /** ASCII-armoured, as it was uploaded; null for one that GitHub has kept the parsed form of alone. */
  readonly rawKey: string | null;
  readonly createdAt: string;
}

export interface Account {
  readonly id: number;
  login: string;
  readonly type: "User" | "Organization" | "Bot";
  readonly createdAt: string;
  /** What it wrote stays, by somebody who is no more. */
  deleted: boolean;
  /** Of an organisation: no token gets in, from wherever it comes. */
  ipAllowList: boolean;
  readonly gpgKeys: GpgKey[];
  /** Of an organisation: ids of the members who show their membership to everybody. */
  readonly publicMembers: Set<number>;
}
