import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RegistrarError } from "../../registry/errors.ts";
import { listed, quoted } from "../../registry/plain-text.ts";
import { makeFolder } from "../../trees/make-folder.ts";
import type { PublishTarget } from "../target.ts";
import { lockDirectory } from "./directory-lock.ts";
import { markerFile, readMarker } from "./git-baseline.ts";
import { ObjectSession } from "./object-session.ts";
import type { ObjectStore } from "./object-store.ts";
import type { S3Options } from "./s3-store.ts";

export interface S3TargetOptions extends S3Options {
  /** For the lock that keeps a second publisher of this machine out; null: the system's folder for temporary files. */
  readonly dataFolder: string | null;
}

/**
 * An S3-compatible bucket, or what lies below a prefix of it. Only objects that differ are written, told by their MD5 in
 * the bucket's listing; what others have there beside the published tree is never touched.
 */
export function s3Target({ dataFolder, ...options }: S3TargetOptions): PublishTarget {
  const { bucket, prefix, endpoint } = options;
  const label = `s3://${bucket}${prefix === "" ? "" : `/${prefix}`}`;
  return {
    label,
    open: async (request) => {
      // The SDK takes as much memory as all the rest; only who publishes there loads it.
      const { s3Store } = await import("./s3-store.ts");
      const store = s3Store(options);
      const folder = join(dataFolder ?? tmpdir(), "publish");
      const name = createHash("sha256").update(`${endpoint}#${label}`).digest("hex").slice(0, 16);
      if (!request.dryRun) makeFolder(folder);
      const lock = request.dryRun ? undefined : lockDirectory(label, join(folder, `s3-${name}.lock`));
      const close = async () => {
        store.stop();
        lock?.release();
      };
      try {
        const text = await store.read(markerFile);
        if (text === null) await assertEmpty(store);
        const marker = text === null ? null : readMarker(text);
        if (text !== null && marker === null) throw otherRelease(label);
        return new ObjectSession({ store, marker, request, close });
      } catch (error) {
        await close();
        throw error;
      }
    },
  };
}

async function assertEmpty(store: ObjectStore): Promise<void> {
  const names: string[] = [];
  for await (const { key } of store.list("")) {
    names.push(key);
    if (names.length > 20) break;
  }
  if (names.length === 0) return;
  throw new RegistrarError(
    "publish-failed",
    `${quoted(store.label)} holds files that Registrar did not write (${listed(names.map((name) => quoted(name)))}). ` +
      "Publish to an empty bucket, or below a prefix that nothing has yet.",
  );
}

const otherRelease = (label: string): RegistrarError =>
  new RegistrarError(
    "publish-failed",
    `${quoted(markerFile)} in ${quoted(label)} is damaged or of another release. ` +
      "If a newer release has written it, use that one; otherwise publish below a new prefix.",
  );
