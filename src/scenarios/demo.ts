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

/** Where the sandbox shows this project's documentation, to which Registrar's texts link. */
export const docsRepository = "registrar/registrar";
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

export interface DemoModule {
  readonly path: string;
  readonly namespace: string;
  readonly name: string;
  readonly system: string;
  /** Oldest first, with the day of their publication; the version is the tag as it is. */
  readonly versions: readonly { readonly version: string; readonly published: string }[];
}

export interface DemoRegistry {
  readonly providers: readonly DemoProvider[];
  readonly modules: readonly DemoModule[];
}

/** The project's own folder, where the demo registry lies. */
const root = join(import.meta.dirname, "..", "..");

/** The pages of this project's documentation, by path. */
export async function readDocs(): Promise<Record<string, string>> {
  const names = (await readdir(join(root, "docs"))).filter((name) => name.endsWith(".md"));
  const read = async (name: string) => [`docs/${name}`, await readFile(join(root, "docs", name), "utf8")] as const;
  return Object.fromEntries(await Promise.all(names.map(read)));
}

/**
 * Reads the demo registry in `providers/`, `modules/` and `keys/`. Its records say which versions there are; their hashes,
 * keys and commits are made anew in each sandbox, since secret keys are never stored.
 */
export async function readDemoRegistry(): Promise<DemoRegistry> {
  const providers = (await list("providers")).map(async (path): Promise<DemoProvider> => {
    const {
      namespace = "",
      rest: [type = ""],
    } = partsOf(path);
    const record = await readDemo(path);
    const platforms = (record.versions[0]?.targets ?? []).map(({ os, arch }) => `${os}_${arch}` as const);
    return { path, namespace, type, versions: history(record), platforms };
  });
  const modules = (await list("modules")).map(async (path): Promise<DemoModule> => {
    const {
      namespace = "",
      rest: [name = "", system = ""],
    } = partsOf(path);
    return { path, namespace, name, system, versions: history(await readDemo(path)) };
  });
  return { providers: await Promise.all(providers), modules: await Promise.all(modules) };
}

interface DemoRecord {
  readonly versions: readonly {
    readonly version: string;
    readonly published: string;
    readonly targets?: readonly { readonly os: string; readonly arch: string }[];
  }[];
}

const readDemo = async (path: string): Promise<DemoRecord> => JSON.parse(await readFile(join(root, path), "utf8"));

const history = ({ versions }: DemoRecord) =>
  versions.map(({ version, published }) => ({ version, published })).reverse();

/** `providers/acme/dns.json`, `modules/acme/network/aws.json` */
function partsOf(path: string): { readonly namespace: string | undefined; readonly rest: readonly string[] } {
  const [, namespace, ...rest] = path.replace(/\.json$/, "").split("/");
  return { namespace, rest };
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
