/** A bucket, or the part of it below a prefix, in our words; keys are paths below that. */
export interface ObjectStore {
  /** For people: `s3://bucket/prefix`. */
  readonly label: string;
  /** All objects whose keys begin so, in no certain order. */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** The names of "folders" right below a prefix that ends in a slash. */
  folders(prefix: string): Promise<readonly string[]>;
  /** Null where there is no such object. */
  read(key: string): Promise<string | null>;
  write(key: string, body: string, cache: string): Promise<void>;
  /** To no harm where there is no such object. */
  remove(key: string): Promise<void>;
  stop(): void;
}

export interface StoredObject {
  readonly key: string;
  /** Of a small object that is encrypted by nobody's own key: its MD5 in hex. */
  readonly tag: string;
}
