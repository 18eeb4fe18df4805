/** The part of https://github.com/jamhall/s3rver that tests use; the package has no types. */
declare module "@20minutes/s3rver" {
  interface Listing {
    readonly objects: readonly { readonly key: string }[];
    readonly commonPrefixes: readonly string[];
    readonly isTruncated: boolean;
  }
  interface ListOptions {
    readonly delimiter?: string | undefined;
    readonly prefix?: string | undefined;
    readonly maxKeys?: number | undefined;
  }
  export default class S3rver {
    constructor(options: {
      readonly address: string;
      readonly port: number;
      readonly silent: boolean;
      readonly directory: string;
      readonly allowMismatchedSignatures: boolean;
      readonly configureBuckets: readonly { readonly name: string; readonly configs: readonly string[] }[];
    });
    readonly store: { listObjects(bucket: string, options: ListOptions): Promise<Listing> };
    run(): Promise<{ readonly port: number }>;
    close(): Promise<void>;
  }
}
