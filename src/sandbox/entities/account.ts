export interface Account {
  readonly id: number;
  login: string;
  readonly type: "User" | "Organization" | "Bot";
  readonly createdAt: string;
  /** What it wrote stays, by somebody who is no more. */
  deleted: boolean;
  /** Of an organisation: no token gets in, from wherever it comes. */
  ipAllowList: boolean;
}
