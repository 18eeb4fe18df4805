import { RegistrarError } from "../registry/errors.ts";
import type { Finding } from "../registry/finding.ts";
import { keysFor } from "../registry/keys.ts";
import { parseRecord } from "../registry/record.ts";
import type { RegistryTree } from "../registry/tree.ts";
import type { DocumentFolder, PublishedKey } from "./document.ts";
import { type PlannedRecord, type PublishPlan, planPublish } from "./plan.ts";
import { renderRecord, renderRegistry } from "./render.ts";
import { ownerOf, type PublishSettings } from "./settings.ts";
import { idsTellContent, keyNamespace, readSources, recallRecords, type Sources } from "./sources.ts";
import type { PublishMemory, PublishTarget, WriteCounts } from "./target.ts";
import { leftOut } from "./usable/left-out.ts";

/** What publishing needs to know of one key file; a file may give several. */
export type KeyReading =
  | {
      readonly kind: "key";
      readonly path: string;
      readonly fingerprint: string;
      /** The primary key's first. */
      readonly keyIds: readonly string[];
      readonly armor: string;
      readonly revoked: boolean;
    }
  | { readonly kind: "unusable"; readonly path: string; readonly problem: string };

export type ReadKeys = (
  files: readonly { readonly path: string; readonly text: string }[],
) => Promise<readonly KeyReading[]>;

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
    const { keysOf, findings: keyFindings } = await readRegistryKeys(request, { plan, changed, sources, memory });
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

interface KeysRead {
  readonly keysOf: (provider: { namespace: string; type: string }) => readonly PublishedKey[];
  readonly findings: readonly Finding[];
}

/** The keys that the changed records need, by the namespace that they are stored under, and what is wrong with any key. */
async function readRegistryKeys(
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
  const findings = new Map<string, Finding[]>();
  const wanted = plan.keys.filter((file) => {
    const known = memory?.recall(sources.ofKey(file));
    findings.set(file.path, [...(known?.findings ?? [])]);
    return known === undefined || known === null || needed.has(keyNamespace(file.path, plan));
  });
  const files: { path: string; text: string }[] = [];
  for await (const { file, bytes } of tree.read(wanted)) {
    files.push({ path: file.path, text: decode(bytes) });
    findings.set(file.path, []);
  }
  const usable: PublishedKey[] = [];
  for (const reading of await readKeys(files)) {
    if (reading.kind === "key") {
      const { path, fingerprint, armor, revoked } = reading;
      usable.push({ path, fingerprint, keyId: reading.keyIds[0] ?? fingerprint.slice(-16), armor, revoked });
    } else {
      const { path, problem } = reading;
      const message = `The key in this file is not published. ${problem}`;
      findings.get(path)?.push(leftOut({ code: "key-change", path }, message));
    }
  }
  for (const file of wanted) {
    memory?.remember(sources.ofKey(file), { folders: [], findings: findings.get(file.path) ?? [] });
  }
  const groups = Map.groupBy(usable, (key) => keyNamespace(key.path, plan));
  const keysOf: KeysRead["keysOf"] = ({ namespace, type }) => {
    const owner = ownerOf(namespace, settings);
    return keysFor(groups.get(owner.toLowerCase()) ?? [], { namespace: owner, type, layout: plan.layout });
  };
  return { keysOf, findings: [...findings.values()].flat() };
}

// A byte order mark stays in the text, where reading a record finds and refuses it.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const decode = (bytes: Uint8Array): string => decoder.decode(bytes);
