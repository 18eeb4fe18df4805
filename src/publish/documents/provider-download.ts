import type { PublishedDocument, PublishedKey } from "../document.ts";
import type { UsableProvider } from "../usable/provider.ts";

/** `<folder>/<version>/download/<os>/<arch>` for every archive (client contract, sections 4 and 5). */
export function providerDownloads(folder: string, provider: UsableProvider): readonly PublishedDocument[] {
  const documents: PublishedDocument[] = [];
  const keyTexts = new Map<readonly PublishedKey[], string>();
  for (const version of provider.versions) {
    // Keys are most of a document and the same for many: printed once for each choice of keys.
    const keys = keyTexts.get(version.keys) ?? signingKeys(version.keys);
    keyTexts.set(version.keys, keys);
    for (const archive of version.archives) {
      const fields = JSON.stringify({
        protocols: version.protocols,
        os: archive.os,
        arch: archive.arch,
        filename: archive.filename,
        download_url: archive.download_url,
        shasums_url: version.shasumsUrl,
        shasums_signature_url: version.shasumsSignatureUrl,
        shasum: archive.shasum.toLowerCase(),
      });
      documents.push({
        path: `${folder}/${version.version}/download/${archive.os}/${archive.arch}`,
        body: `${fields.slice(0, -1)},"signing_keys":${keys}}`,
        kind: "document",
      });
    }
  }
  return documents;
}

/** One block for each element: clients ignore a second one, and a key that does not parse ends their check. */
const signingKeys = (keys: readonly PublishedKey[]): string =>
  JSON.stringify({ gpg_public_keys: keys.map((key) => ({ key_id: key.keyId, ascii_armor: key.armor })) });
