import { type Address, addressText, foldName } from "../registry/address.ts";
import type { Finding } from "../registry/finding.ts";
import { configurationPath, namespaceOfPath } from "../registry/tree.ts";
import { aliasNamespace } from "./aliases.ts";
import type { DocumentFolder, PublishedDocument } from "./document.ts";
import { type IndexedAddress, namespaceIndex } from "./documents/namespace-index.ts";
import { namespaceList, namespaceListName } from "./documents/namespace-list.ts";
import { type NamespaceStatus, namespaceStatus } from "./documents/namespace-status.ts";
import { publishedFolders } from "./folders.ts";
import type { PlannedRecord, PublishPlan } from "./plan.ts";
import type { RecordSummary } from "./summary.ts";
import type { PublishSession } from "./target.ts";

/** What came of a publication, for the documents that speak of whole namespaces. */
export interface NamespacesInput {
  readonly plan: PublishPlan;
  readonly summaries: ReadonlyMap<PlannedRecord, RecordSummary>;
  readonly findings: readonly Finding[];
  /** Null: all. */
  readonly namespaces: ReadonlySet<string> | null;
}

/** What belongs to no namespace; no namespace begins so. */
const elsewhere = "_registry";

/** `index/` and `status/`, as far as the publication goes; `session` tells what there is of other namespaces. */
export async function renderNamespaces(
  input: NamespacesInput,
  session: Pick<PublishSession, "names">,
): Promise<readonly DocumentFolder[]> {
  const index = [...indexed(input)].flatMap(([namespace, addresses]) => namespaceIndex(namespace, addresses));
  const status = [...statuses(input)].flatMap(([name, of]) => namespaceStatus(name, of));
  const { namespaces } = input;
  const own = namespaces === null ? null : new Set([...namespaces].map((namespace) => `${namespace}.json`));
  const all = async (folder: string, documents: readonly PublishedDocument[]) => {
    const others = own === null ? [] : (await session.names(folder)).filter((name) => !own.has(name));
    return [...others, ...documents.map(({ path }) => path.slice(folder.length + 1))];
  };
  const list = namespaceList({ index: await all("index", index), status: await all("status", status) });
  return [
    { folder: "status", documents: status, ...(own === null ? {} : { names: own }) },
    {
      folder: "index",
      documents: [...index, list],
      ...(own === null ? {} : { names: new Set([...own, namespaceListName]) }),
    },
  ];
}

function indexed({ plan, summaries, namespaces }: NamespacesInput): ReadonlyMap<string, readonly IndexedAddress[]> {
  const entries = plan.records.flatMap((record) => {
    const summary = summaries.get(record);
    return summary === undefined ? [] : addressesOf(record).map((of) => ({ ...of, summary }));
  });
  const groups = Map.groupBy(entries, ({ address }) => foldName(address.split("/")[0] ?? ""));
  return new Map([...groups].filter(([namespace]) => namespaces === null || namespaces.has(namespace)));
}

/** Its own address and those of its aliases, each as it is written first; capitals of modules are published twice. */
function addressesOf({ address, folders }: PlannedRecord): readonly Omit<IndexedAddress, "summary">[] {
  const { kind } = address;
  const own = new Set(publishedFolders(address));
  const found = new Map<string, Omit<IndexedAddress, "summary">>();
  for (const folder of folders) {
    const text = folder.split("/").slice(2).join("/");
    if (found.has(foldName(text))) continue;
    const aliasOf = own.has(folder) ? {} : { aliasOf: publishedText(address) };
    found.set(foldName(text), { kind, address: text, ...aliasOf });
  }
  return [...found.values()];
}

const publishedText = (address: Address): string =>
  address.kind === "provider" ? foldName(addressText(address)) : addressText(address);

function statuses({ plan, summaries, findings, namespaces }: NamespacesInput): ReadonlyMap<string, NamespaceStatus> {
  const found = Map.groupBy(findings, (finding) => namespaceOf(finding, plan));
  const withdrawn = Map.groupBy(
    [...summaries].flatMap(([{ file }, summary]) => summary.withdrawn.map((one) => ({ path: file.path, ...one }))),
    ({ path }) => namespaceOfPath(path, plan.layout) ?? elsewhere,
  );
  const names = [...new Set([...found.keys(), ...withdrawn.keys()])].sort();
  return new Map(
    names
      .filter((name) => namespaces === null || namespaces.has(name))
      .map((name) => [name, { findings: found.get(name) ?? [], withdrawn: withdrawn.get(name) ?? [] }]),
  );
}

/** An alias that is not published is a finding about the configuration, and belongs to the alias's namespace. */
function namespaceOf({ path, pointer = "" }: Finding, { layout }: PublishPlan): string {
  if (path !== configurationPath) return namespaceOfPath(path, layout) ?? elsewhere;
  const [, alias = ""] = /^\/aliases\/(.*)$/.exec(pointer) ?? [];
  return aliasNamespace(alias.replaceAll("~1", "/").replaceAll("~0", "~")) ?? elsewhere;
}
