import { renderNamespaces } from "../publish/namespaces.ts";
import type { OpenRecord } from "../publish/open-record.ts";
import type { PlannedRecord, PublishPlan } from "../publish/plan.ts";
import type { RecordSummary } from "../publish/summary.ts";
import { foldName } from "../registry/address.ts";
import type { Finding } from "../registry/finding.ts";
import { namespaceOfPath } from "../registry/tree.ts";

interface Of {
  readonly plan: PublishPlan;
  /** About everything but single records. */
  readonly findings: readonly Finding[];
  readonly read: (planned: PlannedRecord) => Promise<OpenRecord>;
}

/** `index/` and `status/` of one state of a registry, made when somebody asks. */
export class ServedNamespaces {
  readonly #of: Of;
  /** What was found of each record; without the records themselves, which would fill the memory. */
  readonly #known = new Map<
    PlannedRecord,
    { readonly summary: RecordSummary; readonly findings: readonly Finding[] }
  >();
  #all: Promise<ReadonlyMap<string, string>> | undefined;

  constructor(of: Of) {
    this.#of = of;
  }

  /** The text of `index/acme.json` and the like. The list of all namespaces needs a look at every record, once. */
  async document(folder: "index" | "status", name: string): Promise<string | undefined> {
    const path = `${folder}/${name}`;
    const [, namespace] = /^([0-9a-z][0-9a-z_-]*)\.json$/.exec(name) ?? [];
    if (namespace !== undefined) return (await this.#render(namespace)).get(path);
    if (!/^_\w+\.json$/.test(name)) return undefined;
    this.#all ??= this.#render(null).catch((problem) => {
      this.#all = undefined;
      throw problem;
    });
    return (await this.#all).get(path);
  }

  /** All documents that speak of a namespace, or null: of all of them. */
  async #render(namespace: string | null): Promise<ReadonlyMap<string, string>> {
    const { plan } = this.#of;
    const records = plan.records.filter((record) => namespace === null || speaksOf(record, { namespace, plan }));
    // One after the other, so that other requests are answered between.
    for (const planned of records) {
      if (this.#known.has(planned)) continue;
      const { summary, findings } = await this.#of.read(planned);
      this.#known.set(planned, { summary, findings });
    }
    const known = records.flatMap((record) => {
      const found = this.#known.get(record);
      return found === undefined ? [] : [{ record, ...found }];
    });
    const folders = await renderNamespaces(
      {
        plan,
        summaries: new Map(known.map(({ record, summary }) => [record, summary])),
        findings: [...this.#of.findings, ...known.flatMap(({ findings }) => findings)],
        namespaces: namespace === null ? null : new Set([namespace]),
      },
      { names: async () => [] },
    );
    const documents = folders.flatMap((folder) => folder.documents);
    // The list is right only where all were looked at; of what was, the rest would take memory for nothing.
    const told = documents.filter(({ path }) =>
      namespace === null ? path.includes("/_") : path.endsWith(`/${namespace}.json`),
    );
    return new Map(told.map(({ path, body }) => [path, body]));
  }
}

/** It is one of the namespace's own, or is published there under another name. */
const speaksOf = (
  { file, folders }: PlannedRecord,
  { namespace, plan }: { readonly namespace: string; readonly plan: PublishPlan },
): boolean =>
  namespaceOfPath(file.path, plan.layout) === namespace ||
  folders.some((folder) => foldName(folder.split("/")[2] ?? "") === namespace);
