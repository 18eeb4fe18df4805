import type { Finding } from "../registry/finding.ts";
import type { RegistryRecord } from "../registry/record.ts";
import type { PublishedDocument } from "./document.ts";
import { isProvider, moduleDocuments, providerDocuments, type RenderInput } from "./render.ts";
import { type RecordSummary, summaryOf } from "./summary.ts";
import { usableModule } from "./usable/module.ts";
import { usableProvider } from "./usable/provider.ts";

/** A record of which single documents are wanted: of thousands of them only the one that is asked for is rendered. */
export interface OpenRecord {
  /** As they are published, newest first. */
  readonly versions: readonly string[];
  readonly findings: readonly Finding[];
  readonly summary: RecordSummary;
  /** The document of that path below the folder, e.g. `versions` or `1.0.0/download/linux/amd64`. */
  document(folder: string, path: string): PublishedDocument | undefined;
}

export function openRecord({ record, keys, settings }: Omit<RenderInput, "folders">): OpenRecord {
  return isProvider(record)
    ? opened(record, usableProvider(record, keys), providerDocuments)
    : opened(record, usableModule(record, settings), moduleDocuments);
}

interface Usable {
  readonly versions: readonly { readonly version: string }[];
  readonly findings: readonly Finding[];
  readonly warnings: readonly string[];
}

function opened<Content extends Usable>(
  record: RegistryRecord,
  content: Content,
  documents: readonly ((folder: string, content: Content) => readonly PublishedDocument[])[],
): OpenRecord {
  return {
    versions: content.versions.map(({ version }) => version),
    findings: content.findings,
    summary: summaryOf(record, content),
    document: (folder, path) => {
      const [first = "", ...more] = path.split("/");
      // What lies deeper belongs to one version; what does not is made of all.
      const versions = more.length === 0 ? content.versions : content.versions.filter((one) => one.version === first);
      const wanted = `${folder}/${path}`;
      return documents
        .flatMap((document) => document(folder, { ...content, versions }))
        .find((document) => document.path === wanted);
    },
  };
}
