/** One published file. */
export interface PublishedDocument {
  /** Below the root of the published tree, with `/`, e.g. `v1/providers/acme/dns/versions`. */
  readonly path: string;
  /** Its whole text, JSON. */
  readonly body: string;
  /**
   * A list names documents, so it is written after them and removed before them: whoever follows a list always finds
   * what it names (client contract, section 8).
   */
  readonly kind: "document" | "list";
}

/**
 * Everything that is published below one folder, always as a whole: what a target has below `folder` and this does not
 * name is removed, save where it says which names it speaks of. Folders of two addresses never lie in each other.
 */
export interface DocumentFolder {
  readonly folder: string;
  readonly documents: readonly PublishedDocument[];
  /** Where only some files of the folder are meant: their names. All others there stay as they are. */
  readonly names?: ReadonlySet<string>;
}

/** A key as documents carry it. */
export interface PublishedKey {
  /** Where the registry keeps it. */
  readonly path: string;
  /** Of the primary key, upper-case hex. */
  readonly fingerprint: string;
  /** 16 upper-case hex digits. */
  readonly keyId: string;
  /** Of its signing subkeys, too. */
  readonly keyIds: readonly string[];
  /** When the first of these expires; ISO 8601, null: never. */
  readonly goodUntil: string | null;
  /** One armoured block with one key. */
  readonly armor: string;
  /** Clients refuse all signatures of a revoked key, older ones too (client contract, section 5). */
  readonly revoked: boolean;
}
