import type { RegistryReader } from "../github/port.ts";
import type { Layout, ProviderAddress } from "../registry/address.ts";
import { RegistrarError } from "../registry/errors.ts";
import { type KeyFile, keysFor } from "../registry/keys.ts";
import { ownerOf } from "../registry/namespaces.ts";
import { quoted } from "../registry/plain-text.ts";
import { parseRecord, type RegistryRecord } from "../registry/record.ts";
import { defaultSettings, type ParsedSettings, parseSettings, type Settings } from "../registry/settings.ts";
import { configurationPath, detectLayout, registryPlaces, roleOf, type TreeFile } from "../registry/tree.ts";
import type { ParsedKeyFile } from "../upstream/parsed-key.ts";

/** Larger blobs are never read: the largest known record has 2.5 MB. */
export const largestBlob = 16 * 1024 * 1024;

export type ReadKeys = (files: readonly KeyFile[]) => Promise<readonly ParsedKeyFile[]>;

/** What reading a registry's content takes: GitHub gives it, and so does a folder (`readerOfTree`). */
export type BaseReader = Pick<RegistryReader, "listFiles" | "readBlob">;

/** The registry at the tip of its default branch, as far as it has been read. */
export interface Base {
  readonly commit: string;
  readonly settings: Settings;
  readonly configurationProblems: readonly string[];
  readonly layout: Layout;
  readonly files: readonly TreeFile[];
}

/** Reads what every decision starts from: the tip's file list and its configuration. What is known of that tip serves again. */
export async function readBase(host: RegistryReader, branch: string, known?: Base): Promise<Base> {
  const tip = await host.readTip(branch);
  return known?.commit === tip ? known : readBaseAt(host, tip);
}

export async function readBaseAt(host: BaseReader, commit: string): Promise<Base> {
  const files = await host.listFiles(commit, registryPlaces);
  const file = files.find((candidate) => candidate.path === configurationPath);
  const parsed = await readSettings(host, file);
  const settings = parsed.ok ? parsed.settings : defaultSettings;
  const layout = settings.layout ?? detectLayout(files.map((candidate) => candidate.path));
  return { commit, files, settings, layout, configurationProblems: parsed.ok ? [] : parsed.problems };
}

async function readSettings(host: BaseReader, file: TreeFile | undefined): Promise<ParsedSettings> {
  if (file === undefined) return parseSettings(null);
  return isRegular(file) ? parseSettings(await readText(host, file)) : irregularConfiguration(file);
}

/** A link says nothing; taking it for no configuration would lift every block and pause. */
export const irregularConfiguration = ({ mode }: TreeFile): ParsedSettings => ({
  ok: false,
  problems: [`${configurationPath}: it is no regular file (git mode ${mode}).`],
});

/** Links and submodules have no content of their own. */
export const isRegular = (file: TreeFile): boolean => file.mode === "100644" || file.mode === "100755";

/** A file's text. Refuses everything but regular files, whose content is what its path says. */
export async function readText(host: BaseReader, file: TreeFile): Promise<string> {
  if (!isRegular(file)) {
    throw new RegistrarError("bad-tree", `${quoted(file.path)} is no regular file (git mode ${file.mode}).`);
  }
  const bytes = await host.readBlob(file.id, largestBlob);
  // Without ignoreBOM a byte order mark would vanish before anybody could object to it.
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** A record as the base has it; null when it has none. */
export async function readRecord(host: BaseReader, base: Base, path: string): Promise<RegistryRecord | null> {
  const file = base.files.find((candidate) => candidate.path === path);
  const role = roleOf(path, base.layout);
  if (file === undefined || role.kind !== "record") return null;
  return parseRecord({ path, address: role.address, text: await readText(host, file) });
}

/** The base's key files that apply to a provider: those of the owner that its namespace is mapped to, if it is. */
export function providerKeyFiles({ files, layout, settings }: Base, address: ProviderAddress): readonly TreeFile[] {
  return keysFor(files, { type: address.type, namespace: ownerOf(address.namespace, settings), layout });
}

/** The same, parsed. */
export async function readProviderKeys(
  context: { readonly host: BaseReader; readonly readKeys: ReadKeys },
  base: Base,
  address: ProviderAddress,
): Promise<readonly ParsedKeyFile[]> {
  const files = providerKeyFiles(base, address);
  const texts = await Promise.all(
    files.filter(isRegular).map(async (file) => ({ path: file.path, text: await readText(context.host, file) })),
  );
  const others = files.filter((file) => !isRegular(file));
  return [
    ...(await context.readKeys(texts)),
    ...others.map(({ path, mode }) => ({
      kind: "unusable" as const,
      path,
      problem: `It is no regular file (git mode ${mode}).`,
    })),
  ];
}

/** What the rules have to know of the keys that apply to a provider. */
export function keyFacts(keys: readonly ParsedKeyFile[]) {
  return {
    usable: keys.flatMap((key) => (key.kind === "key" ? [key.fingerprint] : [])),
    problems: keys.flatMap((key) =>
      key.kind === "unusable" ? [`The key file ${quoted(key.path)} is unusable: ${key.problem}`] : [],
    ),
  };
}
