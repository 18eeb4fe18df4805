import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Who and what there is in the sandbox. */
export const people = {
  /** Owns the registry repository. */
  owner: "example",
  /** Maintains it. */
  maintainer: "mia",
  /** An outsider who makes pull requests by hand, from a fork. */
  contributor: "carl",
  // Those below come into being in the scenarios that need them.
  secondContributor: "dora",
  /** May look at the registry, and approve, which means nothing. */
  reader: { login: "rita", permission: "read" },
  /** May push to branches of the registry, which makes no maintainer. */
  writer: { login: "will", permission: "write" },
  /** An organisation that comes by somebody's repository. */
  stranger: "initech",
} as const;

export const registryRepository = `${people.owner}/registry`;
/** The host in the addresses that the client installs; nothing is ever looked up there. */
export const registryHost = "registry.example.com";

export interface DemoProvider {
  readonly path: string;
  readonly namespace: string;
  readonly type: string;
  /** Oldest first, with the day of their publication. */
  readonly versions: readonly { readonly version: string; readonly published: string }[];
  readonly platforms: readonly `${string}_${string}`[];
}

export interface DemoRegistry {
  readonly providers: readonly DemoProvider[];
  /** Files that are served as they are: modules, and whatever else lies there; by path. */
  readonly otherFiles: Readonly<Record<string, string>>;
}

/** The project's own folder, where the demo registry lies. */
const root = join(import.meta.dirname, "..", "..");

/**
 * Reads the demo registry in `providers/`, `modules/` and `keys/`. Its provider records say which versions there are;
 * their hashes and keys are made anew in each sandbox, since secret keys are never stored.
 */
export async function readDemoRegistry(): Promise<DemoRegistry> {
  const providers: DemoProvider[] = [];
  for (const path of await list("providers")) {
    const [, namespace = "", file = ""] = path.split("/");
    const record = JSON.parse(await readFile(join(root, path), "utf8")) as DemoRecord;
    const [newest] = record.versions;
    providers.push({
      path,
      namespace,
      type: file.replace(/\.json$/, ""),
      versions: record.versions.map(({ version, published }) => ({ version, published })).reverse(),
      platforms: (newest?.targets ?? []).map(({ os, arch }) => `${os}_${arch}` as const),
    });
  }
  const otherFiles: Record<string, string> = {};
  for (const path of await list("modules")) otherFiles[path] = await readFile(join(root, path), "utf8");
  return { providers, otherFiles };
}

interface DemoRecord {
  readonly versions: readonly {
    readonly version: string;
    readonly published: string;
    readonly targets: readonly { readonly os: string; readonly arch: string }[];
  }[];
}

async function list(folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll("\\", "/"),
    )
    .sort();
}
