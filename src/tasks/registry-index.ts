import type { SweptRecord } from "../bump/sweep.ts";
import type { Layout } from "../registry/address.ts";
import { blockedAddress } from "../registry/blocked.ts";
import { parseRecord, repositoryOn } from "../registry/record.ts";
import { defaultSettings, type ParsedSettings, parseSettings, type Settings } from "../registry/settings.ts";
import { configurationPath, detectLayout, type RegistryTree, roleOf, type TreeFile } from "../registry/tree.ts";
import { publishedVersionKey } from "../registry/version.ts";
import { withdrawnVersions } from "../registry/withdrawn.ts";
import { insertionProblem } from "../registry/write-record.ts";
import { irregularConfiguration, isRegular, largestBlob } from "./base.ts";

/** The whole registry at one commit, as far as noticing releases needs it. */
export interface RegistryIndex {
  readonly commit: string | null;
  readonly settings: Settings;
  readonly configurationProblems: readonly string[];
  readonly records: readonly SweptRecord[];
}

/**
 * Reads the index of the registry, again and again: of a record that has not changed since nothing is read twice.
 * `readTree` gives the default branch's newest state.
 */
export function createIndexReader(context: {
  readonly readTree: () => Promise<RegistryTree>;
  readonly serverUrl: string;
}): () => Promise<RegistryIndex> {
  let known: RegistryIndex | undefined;
  let summaries = new Map<string, SweptRecord>();
  return async () => {
    const tree = await context.readTree();
    if (known !== undefined && known.commit !== null && known.commit === tree.commit) return known;
    const parsed = await readSettings(tree);
    const settings = parsed.ok ? parsed.settings : defaultSettings;
    const layout = settings.layout ?? detectLayout(tree.files.map(({ path }) => path));
    // Where a record comes from depends on the configuration as well.
    const surroundings = `${JSON.stringify(settings)} ${layout}`;
    const keyOf = (file: TreeFile) => `${surroundings} ${file.path} ${file.id}`;
    const wanted = tree.files.filter((file) => isRecord(file, layout));
    const fresh = new Map<string, SweptRecord>();
    for (const file of wanted) {
      const summary = summaries.get(keyOf(file));
      if (summary !== undefined) fresh.set(keyOf(file), summary);
    }
    for await (const { file, bytes } of tree.read(wanted.filter((file) => !fresh.has(keyOf(file))))) {
      const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
      const summary = summarize({ file, text, layout, settings, serverUrl: context.serverUrl });
      if (summary !== null) fresh.set(keyOf(file), summary);
    }
    summaries = fresh;
    known = {
      commit: tree.commit,
      settings,
      configurationProblems: parsed.ok ? [] : parsed.problems,
      records: wanted.flatMap((file) => fresh.get(keyOf(file)) ?? []),
    };
    return known;
  };
}

/** What a bump could not read either is none: one file must not keep the sweep from all others. */
const isRecord = (file: TreeFile, layout: Layout): boolean =>
  isRegular(file) && file.size <= largestBlob && roleOf(file.path, layout).kind === "record";

async function readSettings(tree: RegistryTree): Promise<ParsedSettings> {
  const file = tree.files.find(({ path }) => path === configurationPath);
  if (file === undefined) return parseSettings(null);
  if (!isRegular(file)) return irregularConfiguration(file);
  for await (const { bytes } of tree.read([file])) return parseSettings(Buffer.from(bytes).toString("utf8"));
  return parseSettings(null);
}

function summarize(input: {
  readonly file: TreeFile;
  readonly text: string;
  readonly layout: Layout;
  readonly settings: Settings;
  readonly serverUrl: string;
}): SweptRecord | null {
  const { path } = input.file;
  const role = roleOf(path, input.layout);
  if (role.kind !== "record") return null;
  const record = parseRecord({ path, address: role.address, text: input.text });
  const { kind } = role.address;
  const withdrawn = withdrawnVersions(record);
  const recorded = record.entries.map((entry) => publishedVersionKey(entry.version, kind));
  const readable = withdrawn !== null && insertionProblem(record) === null;
  const blocked = blockedAddress(role.address, input.settings.blocked) !== undefined;
  const times = record.entries
    .map(({ value }) => Date.parse(value?.published || value?.discovered || ""))
    .filter((time) => Number.isFinite(time));
  return {
    path,
    kind,
    repository: repositoryOn(input.serverUrl, record, input.settings) ?? null,
    repositoryId: record.head.repository_id ?? null,
    known: readable && !blocked ? new Set([...recorded, ...withdrawn]) : null,
    newestAt: times.length === 0 ? null : Math.max(...times),
  };
}
