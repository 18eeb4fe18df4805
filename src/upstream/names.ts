/** The file names that a provider release has by the clients' and GoReleaser's convention. */

const base = (type: string, version: string) => `terraform-provider-${type}_${version}`;

export const sumsNames = (type: string, version: string): readonly string[] => [
  `${base(type, version)}_SHA256SUMS`,
  `${base(type, `v${version}`)}_SHA256SUMS`,
];

export const signatureName = (sumsName: string): string => `${sumsName}.sig`;

export const manifestName = (sumsName: string): string => sumsName.replace(/_SHA256SUMS$/, "_manifest.json");

/** The platform of an archive of this provider version; undefined for every other file. */
export function platformOfArchive(
  filename: string,
  of: { readonly type: string; readonly version: string },
): { readonly os: string; readonly arch: string } | undefined {
  for (const version of [of.version, `v${of.version}`]) {
    const prefix = `${base(of.type, version)}_`;
    if (filename.slice(0, prefix.length).toLowerCase() !== prefix.toLowerCase()) continue;
    const match = /^([0-9a-z]+)_([0-9a-z_]+)\.zip$/.exec(filename.slice(prefix.length));
    if (match?.[1] !== undefined && match[2] !== undefined) return { os: match[1], arch: match[2] };
  }
  return undefined;
}
