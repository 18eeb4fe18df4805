import type { Layout } from "../registry/address.ts";
import type { Finding } from "../registry/finding.ts";
import type { DocumentFolder } from "./document.ts";
import type { RecordSummary } from "./summary.ts";

export interface WriteCounts {
  /** Documents written because they were new or different. */
  readonly written: number;
  readonly unchanged: number;
  readonly deleted: number;
}

export interface OpenRequest {
  /** The commit that is published; null where the tree has none. */
  readonly commit: string | null;
  /** Counts what would be written and removed, and changes nothing. */
  readonly dryRun: boolean;
  /** Everything beside the commit that documents follow from, as a text; absent: unknown, so nothing can be built upon. */
  readonly inputs?: string;
}

/** A publication that is at a place, made by the same code from the same inputs. */
export interface Published {
  readonly commit: string;
  /** Commits whose publication was begun since, and perhaps left halfway: what differs from them is to be looked at too. */
  readonly begun: readonly string[];
  /** Of all records then; a registry with records in two layouts is no base to build upon. */
  readonly layout: Layout;
}

/**
 * Where documents go. A publication is one session: `open`, `begin`, `put` for every folder of the published tree (or of
 * the namespaces that it is about), `finish`.
 * A target writes differences only, knows by itself what it wrote before, and can be left at any moment: the next
 * session repairs what this one left undone.
 */
export interface PublishTarget {
  /** For people: `dir:/srv/registry`. */
  readonly label: string;
  /** Refuses a place that is not ours, and a second publisher at the same place. */
  open(request: OpenRequest): Promise<PublishSession>;
}

export interface PublishSession {
  /** What the place has, where the difference to that is all that needs to be looked at. */
  readonly published: Published | null;
  /** Says which namespaces (in small letters) this publication is about; null: all. What is in others stays as it is. */
  begin(namespaces: ReadonlySet<string> | null): Promise<void>;
  /** What the target knows of the sources that it was published from; absent where it asks for everything each time. */
  readonly memory?: PublishMemory;
  /**
   * Makes the folder exactly so. Its order keeps the old or the new state visible at any time: new and changed
   * documents, then lists, then what is gone. A target whose changes show all at once (a commit) may take any order.
   */
  put(folder: DocumentFolder): Promise<void>;
  /** Names of the files right below a folder as they are now, after what was put. */
  names(folder: string): Promise<readonly string[]>;
  /**
   * Removes the folders of earlier sessions that were not put in this one, lists first, and records the commit, with the
   * layout where a later publication can build upon this one.
   */
  finish(layout: Layout | null): Promise<WriteCounts>;
  /** Ends the session, finished or not; what was not put stays as it was. */
  close(): Promise<void>;
}

/** One file of the registry as it is published. */
export interface Source {
  /** In the registry. */
  readonly path: string;
  /** In small letters; null where the path is in none. */
  readonly namespace: string | null;
  /** Everything that its documents and findings follow from, beside the code: contents, keys, settings. */
  readonly inputs: readonly (string | Uint8Array)[];
}

/** What came of a source. */
export interface Remembered {
  readonly documents: number;
  readonly findings: readonly Finding[];
  /** Of a record. */
  readonly summary: RecordSummary | null;
}

/**
 * Lets a publication pass over what has not changed. A memory may forget at any time; it must never say of a source what
 * is not so of the place that is published to.
 */
export interface PublishMemory {
  readonly isEmpty: boolean;
  /** What came of the very same source the last time; its folders are then as if they were put. Null: render it. */
  recall(source: Source): Remembered | null;
  /** Says what came of a source, after its folders were put. */
  remember(source: Source, result: Omit<Remembered, "documents"> & { readonly folders: readonly string[] }): void;
}
