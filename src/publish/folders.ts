import { type Address, foldName, publishedProvider } from "../registry/address.ts";

/**
 * The folders that an address is published in. Clients ask for providers in lower case only, and for modules as the
 * user wrote them (client contract, section 2): as recorded, and in lower case.
 */
export function publishedFolders(address: Address): readonly string[] {
  if (address.kind === "provider") {
    const { namespace, type } = publishedProvider(address);
    return [`v1/providers/${namespace}/${type}`];
  }
  const folder = `v1/modules/${address.namespace}/${address.name}/${address.system}`;
  return [...new Set([folder, foldName(folder)])];
}
