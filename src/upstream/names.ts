/** The names that a release has: its tag by git's rules, a provider's files by the clients' and GoReleaser's convention. */

const base = (type: string, version: string) => `terraform-provider-${type}_${version}`;

export const sumsNames = (type: string, version: string): readonly string[] => [
  `${base(type, version)}_SHA256SUMS`,
  `${base(type, `v${version}`)}_SHA256SUMS`,
];

export const signatureName = (sumsName: string): string => `${sumsName}.sig`;

export const manifestName = (sumsName: string): string => sumsName.replace(/_SHA256SUMS$/, "_manifest.json");

/** https://git-scm.com/docs/git-check-ref-format, as far as it keeps the path of a request whole. */
export const isTagName = (tag: string): boolean =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: git forbids them in names
  /^[^\u0000-\u0020\u007f~^:?*[\\]{1,200}$/.test(tag) && !/\.\.|^[./-]|[./]$|\/\/|@\{/.test(tag);

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
