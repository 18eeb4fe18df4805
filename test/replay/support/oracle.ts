/** What must become of a real bump, told from the raw data alone: nothing of the product is used. */

// biome-ignore lint/suspicious/noExplicitAny: raw data is looked at freely in tests
type Raw = any;

export interface Demand {
  readonly code: string;
  readonly path: string;
  readonly version?: string;
}

export interface Judgement {
  /** True when it only adds well-formed, consistent versions to records that exist. */
  readonly merges: boolean;
  /** Findings that must be there, none of them a pass. */
  readonly demands: readonly Demand[];
}

/** https://semver.org, without build metadata. */
const semver =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?$/;

export function judgeBump(bump: Raw): Judgement {
  const demands: Demand[] = (bump.files as Raw[]).flatMap((file) => [
    ...(file.status === "A" ? [{ code: "new-record", path: file.path }] : []),
    ...file.removed.map((version: string) => ({ code: "append-only", path: file.path, version })),
    ...file.changed.map((pair: Raw) => ({ code: "append-only", path: file.path, version: pair.after.version })),
    ...file.added.flatMap((entry: Raw) => objectionsTo(entry, file.path)),
  ]);
  return { merges: demands.length === 0, demands };
}

function objectionsTo(entry: Raw, path: string): Demand[] {
  const at = (code: string): Demand => ({ code, path, version: entry.version });
  const module = path.startsWith("modules/");
  const bare = module ? entry.version.replace(/^v/, "") : entry.version;
  const said: Demand[] = semver.test(bare) && (module || bare !== "0.0.0") ? [] : [at("version-syntax")];
  if (module) return said;
  const type = path
    .split("/")
    .at(-1)
    ?.replace(/\.json$/, "")
    .toLowerCase();
  const platforms = new Set<string>();
  for (const { os, arch, filename, download_url, shasum } of entry.targets) {
    if (!/^[0-9a-f]{64}$/i.test(shasum ?? "")) said.push(at("record-shape"));
    if (platforms.has(`${os}_${arch}`)) said.push(at("version-unique"));
    platforms.add(`${os}_${arch}`);
    const ends = [entry.version, `v${entry.version}`].map((v) => `_${v}_${os}_${arch}.zip`);
    const provider = ends.map((end) => (filename.endsWith(end) ? filename.slice(0, -end.length) : null)).find(Boolean);
    if (provider?.toLowerCase() !== `terraform-provider-${type}` || !download_url.endsWith(`/${filename}`)) {
      said.push(at("record-matches-release"));
    }
  }
  return [...new Map(said.map((one) => [JSON.stringify(one), one])).values()];
}
