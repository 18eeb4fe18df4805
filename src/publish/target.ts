import type { DocumentFolder } from "./document.ts";

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
}

/**
 * Where documents go. A publication is one session: `open`, `put` for every folder of the published tree, `finish`.
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
  /**
   * Makes the folder exactly so. Its order keeps the old or the new state visible at any time: new and changed
   * documents, then lists, then what is gone. A target whose changes show all at once (a commit) may take any order.
   */
  put(folder: DocumentFolder): Promise<void>;
  /** Removes the folders of earlier sessions that were not put in this one, lists first, and records the commit. */
  finish(): Promise<WriteCounts>;
  /** Ends the session, finished or not; what was not put stays as it was. */
  close(): Promise<void>;
}
