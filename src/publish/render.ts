import type { Finding } from "../registry/finding.ts";
import type { ProviderRecord, RegistryRecord } from "../registry/record.ts";
import type { DocumentFolder, PublishedDocument, PublishedKey } from "./document.ts";
import { discovery } from "./documents/discovery.ts";
import { moduleDownloads } from "./documents/module-download.ts";
import { moduleVersions } from "./documents/module-versions.ts";
import { providerDownloads } from "./documents/provider-download.ts";
import { providerVersions } from "./documents/provider-versions.ts";
import { publishedFolders } from "./folders.ts";
import type { PublishSettings } from "./settings.ts";
import { type RecordSummary, summaryOf } from "./summary.ts";
import { type UsableModule, usableModule } from "./usable/module.ts";
import { type UsableProvider, usableProvider } from "./usable/provider.ts";

/** What an address publishes, in the order in which it is written: a new kind of document is one more line here. */
export const providerDocuments = [providerDownloads, providerVersions] as const;
export const moduleDocuments = [moduleDownloads, moduleVersions] as const;
export const registryDocuments = [discovery] as const;

export interface RenderInput {
  readonly record: RegistryRecord;
  /** The keys that apply to the record, in the order in which clients shall try them; none for a module. */
  readonly keys: readonly PublishedKey[];
  readonly settings: PublishSettings;
  /** Those of the record's folders that are its own; all of them when absent. */
  readonly folders?: readonly string[];
}

export interface Rendered {
  /** Without those that nothing can be published in. */
  readonly folders: readonly DocumentFolder[];
  /** One for each thing that is left out, and notices. */
  readonly findings: readonly Finding[];
  readonly summary: RecordSummary;
}

/** The documents of one record. */
export function renderRecord({ record, keys, settings, folders }: RenderInput): Rendered {
  const { usable, documentsIn } = isProvider(record)
    ? providerRenderer(usableProvider(record, keys))
    : moduleRenderer(usableModule(record, settings));
  const rendered = (folders ?? publishedFolders(record.address)).map((folder) => ({
    folder,
    documents: documentsIn(folder),
  }));
  return {
    folders: rendered.filter(({ documents }) => documents.length > 0),
    findings: usable.findings,
    summary: summaryOf(record, usable),
  };
}

interface Renderer {
  readonly usable: UsableProvider | UsableModule;
  readonly documentsIn: (folder: string) => readonly PublishedDocument[];
}

const providerRenderer = (provider: UsableProvider): Renderer => ({
  usable: provider,
  documentsIn: (folder) => providerDocuments.flatMap((document) => document(folder, provider)),
});

const moduleRenderer = (module: UsableModule): Renderer => ({
  usable: module,
  documentsIn: (folder) => moduleDocuments.flatMap((document) => document(folder, module)),
});

export const isProvider = (record: RegistryRecord): record is ProviderRecord => record.address.kind === "provider";

/** The documents that belong to no record. */
export const renderRegistry = (settings: Pick<PublishSettings, "baseUrl"> = {}): readonly DocumentFolder[] =>
  registryDocuments.map((document) => document(settings.baseUrl));
