import { keysFor } from "../registry/keys.ts";
import { namespaceOfPath, type RegistryTree, type TreeFile } from "../registry/tree.ts";
import type { PlannedRecord, PublishPlan } from "./plan.ts";
import { ownerOf, type PublishSettings } from "./settings.ts";
import type { PublishMemory, Remembered, Source } from "./target.ts";

/** What a file holds, as its blob id where the tree has those, else itself. */
export type Content = string | Uint8Array;

/** What each file of a registry is published from. */
export interface Sources {
  ofRecord(record: PlannedRecord, content: Content): Source;
  ofKey(file: TreeFile): Source;
}

/** Of a folder ids tell only that a file was written, not what it holds: there the content itself counts. */
export const idsTellContent = (tree: RegistryTree): boolean => tree.commit !== null;

export async function readSources(tree: RegistryTree, plan: PublishPlan, settings: PublishSettings): Promise<Sources> {
  const contents = new Map<string, Content>();
  if (idsTellContent(tree)) for (const { path, id } of plan.keys) contents.set(path, id);
  else for await (const { file, bytes } of tree.read(plan.keys)) contents.set(file.path, bytes);
  const groups = Map.groupBy(plan.keys, (file) => keyNamespace(file.path, plan));
  const namespaceOf = ({ path }: TreeFile) => namespaceOfPath(path, plan.layout);
  const ofKey = (file: TreeFile): Source => ({
    path: file.path,
    namespace: namespaceOf(file),
    inputs: [contents.get(file.path) ?? ""],
  });
  return {
    ofKey,
    ofRecord: (record, content) => {
      const { address, file, folders } = record;
      const owner = ownerOf(address.namespace, settings);
      const keys = keyFilesOf(record, { plan, settings, groups });
      const inputs = JSON.stringify([folders, owner, settings.serverUrl ?? null, keys.map((key) => key.path)]);
      const parts = [content, inputs, ...keys.flatMap((key) => ofKey(key).inputs)];
      return { path: file.path, namespace: namespaceOf(file), inputs: parts };
    },
  };
}

function keyFilesOf(
  { address }: PlannedRecord,
  of: {
    readonly plan: PublishPlan;
    readonly settings: PublishSettings;
    readonly groups: ReadonlyMap<string, readonly TreeFile[]>;
  },
): readonly TreeFile[] {
  if (address.kind !== "provider") return [];
  const owner = ownerOf(address.namespace, of.settings);
  const files = of.groups.get(owner.toLowerCase()) ?? [];
  return keysFor(files, { namespace: owner, type: address.type, layout: of.plan.layout });
}

export const keyNamespace = (path: string, { layout }: PublishPlan): string =>
  (path.split("/")[layout === "lettered" ? 2 : 1] ?? "").toLowerCase();

/** The records that the target has as they would be rendered now, with what is known of them. */
export async function recallRecords(
  tree: RegistryTree,
  plan: PublishPlan,
  { memory, sources }: { readonly memory: PublishMemory | undefined; readonly sources: Sources },
): Promise<ReadonlyMap<PlannedRecord, Remembered>> {
  const known = new Map<PlannedRecord, Remembered>();
  if (memory === undefined || memory.isEmpty) return known;
  const recall = (record: PlannedRecord, content: Content): void => {
    const result = memory.recall(sources.ofRecord(record, content));
    if (result !== null) known.set(record, result);
  };
  if (idsTellContent(tree)) {
    for (const record of plan.records) recall(record, record.file.id);
    return known;
  }
  let index = 0;
  for await (const { bytes } of tree.read(plan.records.map((record) => record.file))) {
    const record = plan.records[index];
    if (record !== undefined) recall(record, bytes);
    index += 1;
  }
  return known;
}
