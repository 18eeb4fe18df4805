import type { Layout } from "../registry/address.ts";
import { RegistrarError } from "../registry/errors.ts";
import type { Finding } from "../registry/finding.ts";
import { parseRecord } from "../registry/record.ts";
import { type RegistryHistory, type RegistryTree, roleOf } from "../registry/tree.ts";
import type { DocumentFolder } from "./document.ts";
import { renderNamespaces } from "./namespaces.ts";
import { isHistory, type Part, readPart } from "./part.ts";
import { type PlannedRecord, type PublishPlan, planPublish } from "./plan.ts";
import { type KeysRead, type ReadKeys, readPublishedKeys } from "./published-keys.ts";
import { renderRecord, renderRegistry } from "./render.ts";
import { ownerOf, type PublishSettings } from "./settings.ts";
import { idsTellContent, keyNamespace, readSources, recallRecords, type Sources } from "./sources.ts";
import type { PublishMemory, PublishSession, PublishTarget, Remembered, WriteCounts } from "./target.ts";

export interface PublishRequest {
  /** With a history, only the namespaces are looked at in which something has changed since what is published. */
  readonly tree: RegistryTree | RegistryHistory;
  readonly target: PublishTarget;
  readonly settings: PublishSettings;
  readonly readKeys: ReadKeys;
  /** Called after each record: records done, and all of them. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Says what would be written and removed, and changes nothing. */
  readonly dryRun?: boolean;
  /** Looks at everything, and believes nothing that the target knows of earlier publications. */
  readonly full?: boolean;
}

export interface PublishReport extends WriteCounts {
  readonly to: string;
  readonly commit: string | null;
  /** What was looked at; null: everything. */
  readonly namespaces: readonly string[] | null;
  /** All documents of what was looked at, lists included. */
  readonly documents: number;
  /** Of what was looked at. */
  readonly findings: readonly Finding[];
  /** Milliseconds from start to end. */
  readonly ms: number;
}

/**
 * Publishes a registry. One record after the other is read, rendered and handed over, so that memory holds one record's
 * documents at most; what the target has of an unchanged record already is passed over. Can be repeated after any
 * interruption.
 */
export async function publish(request: PublishRequest): Promise<PublishReport> {
  const { tree: registry, target, dryRun = false, full = false } = request;
  const started = performance.now();
  const inputs = isHistory(registry) ? { inputs: JSON.stringify(request.settings) } : {};
  const session = await target.open({ commit: registry.commit, dryRun, ...inputs });
  try {
    const published = full ? null : session.published;
    const part = await readPart(registry, { settings: request.settings, published });
    await session.begin(part.namespaces);
    const plan = planPublish(part.tree.files, part.settings);
    const { documents, findings } = await publishPart(request, { part, plan, session });
    const counts = await session.finish(isHistory(registry) ? buildable(part, plan) : null);
    return {
      to: target.label,
      commit: registry.commit,
      namespaces: part.namespaces === null ? null : [...part.namespaces].sort(),
      documents,
      ...counts,
      findings,
      ms: performance.now() - started,
    };
  } finally {
    await session.close();
  }
}

async function publishPart(
  request: PublishRequest,
  { part, plan, session }: { readonly part: Part; readonly plan: PublishPlan; readonly session: PublishSession },
): Promise<{ readonly documents: number; readonly findings: readonly Finding[] }> {
  const { tree, settings, namespaces } = part;
  const memory = request.full === true ? undefined : session.memory;
  const sources = await readSources(tree, plan, settings);
  const known = await recallRecords(tree, plan, { memory, sources });
  const changed = plan.records.filter((record) => !known.has(record));
  const memories = { recall: memory, remember: session.memory };
  const { keysOf, findings: keyFindings } = await readNeededKeys(request, { part, plan, changed, sources, memories });
  const results = new Map<PlannedRecord, Pick<Remembered, "findings" | "summary">>();
  for (const record of plan.records) results.set(record, known.get(record) ?? { findings: [], summary: null });
  let documents = [...known.values()].reduce((sum, record) => sum + record.documents, 0);
  const put = async (folders: readonly DocumentFolder[]): Promise<void> => {
    for (const folder of folders) {
      await session.put(folder);
      documents += folder.documents.length;
    }
  };
  let done = 0;
  for await (const { bytes } of tree.read(changed.map((record) => record.file))) {
    const planned = changed[done];
    if (planned === undefined) break;
    const { file, address, folders } = planned;
    const record = parseRecord({ path: file.path, address, text: decode(bytes) });
    const keys = address.kind === "provider" ? keysOf(address) : [];
    const { folders: rendered, ...result } = renderRecord({ record, keys, settings, folders });
    results.set(planned, result);
    await put(rendered);
    session.memory?.remember(sources.ofRecord(planned, idsTellContent(tree) ? file.id : bytes), {
      folders: rendered.map(({ folder }) => folder),
      ...result,
    });
    done += 1;
    request.onProgress?.(known.size + done, plan.records.length);
  }
  // What was not put is removed at the end: a tree that ends early must not look like one that got smaller.
  if (done < changed.length)
    throw new RegistrarError("bad-tree", `Only ${done} of ${changed.length} records could be read.`);
  const findings = [...plan.findings, ...keyFindings, ...[...results.values()].flatMap((result) => result.findings)];
  const summaries = new Map(
    [...results].flatMap(([record, { summary }]) => (summary === null ? [] : [[record, summary]])),
  );
  await put(await renderNamespaces({ plan, summaries, findings, namespaces }, session));
  if (namespaces === null) await put(renderRegistry(settings));
  return { documents, findings };
}

/**
 * The layout, where differences tell a later publication enough: not where a file lies in no place of it. One more record
 * could turn the layout around, and what is said of such a file is not found again by its namespace.
 */
function buildable({ tree }: Part, { layout }: PublishPlan): Layout | null {
  return tree.files.every(({ path }) => roleOf(path, layout).kind !== "misplaced") ? layout : null;
}

/** The keys that the changed records need, and what is wrong with any key. */
async function readNeededKeys(
  { readKeys }: PublishRequest,
  of: {
    readonly part: Part;
    readonly plan: PublishPlan;
    readonly changed: readonly PlannedRecord[];
    readonly sources: Sources;
    readonly memories: { readonly recall: PublishMemory | undefined; readonly remember: PublishMemory | undefined };
  },
): Promise<KeysRead> {
  const { part, plan, changed, sources, memories } = of;
  const { tree, settings } = part;
  const providers = changed.filter(({ address }) => address.kind === "provider");
  const needed = new Set(providers.map(({ address }) => ownerOf(address.namespace, settings).toLowerCase()));
  const known = new Map(plan.keys.map((file) => [file, memories.recall?.recall(sources.ofKey(file)) ?? null]));
  const wanted = plan.keys.filter((file) => known.get(file) === null || needed.has(keyNamespace(file.path, plan)));
  const read = await readPublishedKeys(tree, wanted, { plan, settings, readKeys });
  const findingsIn = Map.groupBy(read.findings, ({ path }) => path);
  for (const file of wanted) {
    const findings = findingsIn.get(file.path) ?? [];
    memories.remember?.remember(sources.ofKey(file), { folders: [], findings, summary: null });
  }
  const findings = plan.keys.flatMap((file) => findingsIn.get(file.path) ?? known.get(file)?.findings ?? []);
  return { keysOf: read.keysOf, findings };
}

// A byte order mark stays in the text, where reading a record finds and refuses it.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const decode = (bytes: Uint8Array): string => decoder.decode(bytes);
