import { RegistrarError } from "../registry/errors.ts";
import type { Finding } from "../registry/finding.ts";
import { keysFor } from "../registry/keys.ts";
import { parseRecord } from "../registry/record.ts";
import type { RegistryTree } from "../registry/tree.ts";
import type { DocumentFolder, PublishedKey } from "./document.ts";
import { type PublishPlan, planPublish } from "./plan.ts";
import { renderRecord, renderRegistry } from "./render.ts";
import { ownerOf, type PublishSettings } from "./settings.ts";
import type { PublishTarget, WriteCounts } from "./target.ts";
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
 * documents at most. Can be repeated after any interruption.
 */
export async function publish(request: PublishRequest): Promise<PublishReport> {
  const { tree, target, settings, dryRun = false } = request;
  const started = performance.now();
  const plan = planPublish(tree.files, settings);
  const findings: Finding[] = [...plan.findings];
  const keysOf = await readRegistryKeys(request, plan, findings);
  const session = await target.open({ commit: tree.commit, dryRun });
  try {
    let documents = 0;
    const put = async (folders: readonly DocumentFolder[]): Promise<void> => {
      for (const folder of folders) {
        await session.put(folder);
        documents += folder.documents.length;
      }
    };
    let done = 0;
    for await (const { bytes } of tree.read(plan.records.map((record) => record.file))) {
      const planned = plan.records[done];
      if (planned === undefined) break;
      const { file, address, folders } = planned;
      const record = parseRecord({ path: file.path, address, text: decode(bytes) });
      const keys = address.kind === "provider" ? keysOf(address) : [];
      const rendered = renderRecord({ record, keys, settings, folders });
      findings.push(...rendered.findings);
      await put(rendered.folders);
      done += 1;
      request.onProgress?.(done, plan.records.length);
    }
    // What was not put is removed at the end: a tree that ends early must not look like one that got smaller.
    if (done < plan.records.length)
      throw new RegistrarError("bad-tree", `Only ${done} of ${plan.records.length} records could be read.`);
    await put(renderRegistry());
    const counts = await session.finish();
    return { to: target.label, commit: tree.commit, documents, ...counts, findings, ms: performance.now() - started };
  } finally {
    await session.close();
  }
}

/** All keys, by the namespace that they are stored under; a registry has some hundreds. */
async function readRegistryKeys(
  { tree, settings, readKeys }: PublishRequest,
  plan: PublishPlan,
  findings: Finding[],
): Promise<(provider: { namespace: string; type: string }) => readonly PublishedKey[]> {
  const files: { path: string; text: string }[] = [];
  for await (const { file, bytes } of tree.read(plan.keys)) files.push({ path: file.path, text: decode(bytes) });
  const usable: PublishedKey[] = [];
  for (const reading of await readKeys(files)) {
    if (reading.kind === "key") {
      const { path, fingerprint, armor, revoked } = reading;
      usable.push({ path, fingerprint, keyId: reading.keyIds[0] ?? fingerprint.slice(-16), armor, revoked });
    } else {
      const { path, problem } = reading;
      findings.push(leftOut({ code: "key-change", path }, `The key in this file is not published. ${problem}`));
    }
  }
  const groups = Map.groupBy(usable, (key) => keyNamespace(key.path, plan));
  return ({ namespace, type }) => {
    const owner = ownerOf(namespace, settings);
    return keysFor(groups.get(owner.toLowerCase()) ?? [], { namespace: owner, type, layout: plan.layout });
  };
}

const keyNamespace = (path: string, { layout }: PublishPlan): string =>
  (path.split("/")[layout === "lettered" ? 2 : 1] ?? "").toLowerCase();

// A byte order mark stays in the text, where reading a record finds and refuses it.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const decode = (bytes: Uint8Array): string => decoder.decode(bytes);
