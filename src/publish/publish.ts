import { RegistrarError } from "../registry/errors.ts";
import type { Finding } from "../registry/finding.ts";
import { parseRecord } from "../registry/record.ts";
import type { RegistryTree } from "../registry/tree.ts";
import type { DocumentFolder } from "./document.ts";
import { type PlannedRecord, type PublishPlan, planPublish } from "./plan.ts";
import { type KeysRead, type ReadKeys, readPublishedKeys } from "./published-keys.ts";
import { renderRecord, renderRegistry } from "./render.ts";
import { ownerOf, type PublishSettings } from "./settings.ts";
import { idsTellContent, keyNamespace, readSources, recallRecords, type Sources } from "./sources.ts";
import type { PublishMemory, PublishTarget, WriteCounts } from "./target.ts";

export interface PublishRequest {
  readonly tree: RegistryTree;
  readonly target: PublishTarget;
  readonly settings: PublishSettings;
  readonly readKeys: ReadKeys;
  /** Called after each record: records done, and all of them. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Says what would be written and removed, and changes nothing. */
  readonly dryRun?: boolean;
}

export interface PublishReport extends WriteCounts {
  readonly to: string;
  readonly commit: string | null;
  /** All documents of the published tree, lists included. */
  readonly documents: number;
  readonly findings: readonly Finding[];
  /** Milliseconds from start to end. */
  readonly ms: number;
}

/**
 * Publishes a tree. One record after the other is read, rendered and handed over, so that memory holds one record's
 * documents at most; what the target has of an unchanged record already is passed over. Can be repeated after any
 * interruption.
 */
export async function publish(request: PublishRequest): Promise<PublishReport> {
  const { tree, target, settings, dryRun = false } = request;
  const started = performance.now();
  const plan = planPublish(tree.files, settings);
  const session = await target.open({ commit: tree.commit, dryRun });
  try {
    const { memory } = session;
    const sources = await readSources(tree, plan, settings);
    const known = await recallRecords(tree, plan, { memory, sources });
    const changed = plan.records.filter((record) => !known.has(record));
    const { keysOf, findings: keyFindings } = await readNeededKeys(request, { plan, changed, sources, memory });
    const findings = new Map(plan.records.map((record) => [record, known.get(record)?.findings ?? []]));
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
      const rendered = renderRecord({ record, keys, settings, folders });
      findings.set(planned, rendered.findings);
      await put(rendered.folders);
      memory?.remember(sources.ofRecord(planned, idsTellContent(tree) ? file.id : bytes), {
        folders: rendered.folders.map(({ folder }) => folder),
        findings: rendered.findings,
      });
      done += 1;
      request.onProgress?.(known.size + done, plan.records.length);
    }
    // What was not put is removed at the end: a tree that ends early must not look like one that got smaller.
    if (done < changed.length)
      throw new RegistrarError("bad-tree", `Only ${done} of ${changed.length} records could be read.`);
    await put(renderRegistry());
    const counts = await session.finish();
    return {
      to: target.label,
      commit: tree.commit,
      documents,
      ...counts,
      findings: [...plan.findings, ...keyFindings, ...[...findings.values()].flat()],
      ms: performance.now() - started,
    };
  } finally {
    await session.close();
  }
}

/** The keys that the changed records need, and what is wrong with any key. */
async function readNeededKeys(
  { tree, settings, readKeys }: PublishRequest,
  of: {
    readonly plan: PublishPlan;
    readonly changed: readonly PlannedRecord[];
    readonly sources: Sources;
    readonly memory: PublishMemory | undefined;
  },
): Promise<KeysRead> {
  const { plan, changed, sources, memory } = of;
  const providers = changed.filter(({ address }) => address.kind === "provider");
  const needed = new Set(providers.map(({ address }) => ownerOf(address.namespace, settings).toLowerCase()));
  const known = new Map(plan.keys.map((file) => [file, memory?.recall(sources.ofKey(file)) ?? null]));
  const wanted = plan.keys.filter((file) => known.get(file) === null || needed.has(keyNamespace(file.path, plan)));
  const read = await readPublishedKeys(tree, wanted, { plan, settings, readKeys });
  const findingsIn = Map.groupBy(read.findings, ({ path }) => path);
  for (const file of wanted) {
    memory?.remember(sources.ofKey(file), { folders: [], findings: findingsIn.get(file.path) ?? [] });
  }
  const findings = plan.keys.flatMap((file) => findingsIn.get(file.path) ?? known.get(file)?.findings ?? []);
  return { keysOf: read.keysOf, findings };
}

// A byte order mark stays in the text, where reading a record finds and refuses it.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const decode = (bytes: Uint8Array): string => decoder.decode(bytes);
