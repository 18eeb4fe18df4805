import { type Address, addressText } from "../registry/address.ts";

/** The branch of everything that passes for one record, which its one open bump is on. */
export const bumpBranch = (address: Address): string => `registrar/bump/${address.kind}/${addressText(address)}`;

/** The branch of one version that does not pass. */
export const versionBranch = (address: Address, version: string): string => `${bumpBranch(address)}@${version}`;
