import type { Account } from "./account.ts";

export interface Asset {
  readonly id: number;
  name: string;
  label: string | null;
  readonly contentType: string;
  readonly size: number;
  /** null as for assets from before June 2025. */
  readonly digest: string | null;
  readonly uploader: Account;
  readonly createdAt: string;
  updatedAt: string;
  /** The secret part of the address that serves the bytes. */
  readonly key: string;
  /** Small ones are kept in memory, the others in a file; null where there is only their digest. */
  readonly bytes: Buffer | { readonly file: string } | null;
  state: "uploaded" | "open";
  downloads: number;
}

export interface Release {
  readonly id: number;
  tag: string;
  target: string;
  name: string | null;
  body: string | null;
  draft: boolean;
  prerelease: boolean;
  immutable: boolean;
  readonly author: Account;
  /** The date of the commit that the tag points to. https://docs.github.com/rest/releases/releases#get-the-latest-release */
  createdAt: string;
  publishedAt: string | null;
  updatedAt: string;
  assets: Asset[];
}
