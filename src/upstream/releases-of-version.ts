import { listed, quoted } from "../registry/plain-text.ts";
import type { Reading, ReleaseFacts } from "./evidence.ts";

/** The tags that a release of a version may have, best first: what is recorded, then with `v`, then without. */
export function tagsOfVersion(version: string, recorded: string | undefined): readonly string[] {
  const both = [`v${version}`, version];
  if (recorded === undefined) return both;
  return both.includes(recorded) ? [recorded, ...both.filter((tag) => tag !== recorded)] : [recorded];
}

/** Which of these releases, best first, is the version's, and another one that is there as well. Pure. */
export function chooseRelease(
  readings: readonly Reading<ReleaseFacts>[],
  of: { readonly repository: string; readonly tags: readonly string[] },
): { readonly release: Reading<ReleaseFacts>; readonly twin?: Reading<ReleaseFacts> } {
  const [release, twin] = readings.filter(({ kind }) => kind !== "missing");
  if (release === undefined) return { release: { kind: "missing", reason: noRelease(of) } };
  return { release, ...(twin === undefined ? {} : { twin }) };
}

const noRelease = ({ repository, tags }: { readonly repository: string; readonly tags: readonly string[] }): string =>
  `The repository ${quoted(repository)} has no published release with the tag ${tags.map((tag) => quoted(tag)).join(" or ")}.`;

/** In what the files of two releases differ, in plain words; null where they are the same. Pure. */
export function differingFiles(one: ReleaseFacts, other: ReleaseFacts): string | null {
  const names = new Set([...one.assets, ...other.assets].map(({ name }) => name));
  const bytesOf = ({ assets }: ReleaseFacts, name: string) => {
    const asset = assets.find((candidate) => candidate.name === name);
    return asset === undefined ? "none" : (asset.sha256 ?? `${asset.size} bytes, no digest`);
  };
  const differing = [...names].filter((name) => {
    const bytes = bytesOf(one, name);
    // Two files of one length may be anything.
    return bytes !== bytesOf(other, name) || bytes.endsWith("no digest");
  });
  return differing.length === 0 ? null : listed(differing.map((name) => quoted(name, 120)));
}
