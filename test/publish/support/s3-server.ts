import { join } from "node:path";
import S3rver from "@20minutes/s3rver";
import { onTestFinished } from "vitest";
import { type S3TargetOptions, s3Target } from "../../../src/publish/targets/s3.ts";
import { s3Store } from "../../../src/publish/targets/s3-store.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { wholeRequestsTo } from "./whole-requests.ts";

/** Who is told what has to be stopped. */
type AtEnd = (stop: () => Promise<void>) => void;

const bucket = "registry";
/** What the server knows. */
const credentials = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" };

/** A real S3 server on this machine, with one empty bucket; by default until the test has ended. */
export async function s3Server({ folder, atEnd = onTestFinished }: { folder?: string; atEnd?: AtEnd } = {}) {
  const directory = folder ?? (await temporaryFolder());
  const server = new S3rver({
    ...{ address: "127.0.0.1", port: 0, silent: true, directory },
    // It signs the path of a bucket without its slash, as an SDK did years ago.
    allowMismatchedSignatures: true,
    configureBuckets: [{ name: bucket, configs: [] }],
  });
  showAllFolders(server.store);
  const { port: inner } = await server.run();
  atEnd(() => server.close());
  const { port, quiet, watch } = await wholeRequestsTo(inner, atEnd);
  const endpoint = `http://127.0.0.1:${port}`;
  const dataFolder = join(directory, ".data");
  const options = (prefix: string): S3TargetOptions => ({
    ...{ bucket, prefix, endpoint, credentials, dataFolder },
    region: "us-east-1",
  });
  return {
    ...{ endpoint, dataFolder, options, quiet, watch },
    target: (prefix = "") => s3Target(options(prefix)),
    /** Every object below a prefix with its text, save what the target keeps for itself. */
    read: async (prefix = ""): Promise<Record<string, string>> => {
      const store = s3Store(options(prefix));
      const keys: string[] = [];
      for await (const { key } of store.list("")) if (!key.startsWith(".registrar/")) keys.push(key);
      store.stop();
      const root = `${endpoint}/${bucket}/${prefix === "" ? "" : `${prefix}/`}`;
      const texts = await Promise.all(keys.map(async (key) => (await fetch(`${root}${key}`)).text()));
      return Object.fromEntries(keys.map((key, index) => [key, texts[index] ?? ""]));
    },
  };
}

/**
 * It tells only the "folders" right below which an object lies; S3 tells each one below which any object lies.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-prefixes.html
 */
function showAllFolders(store: S3rver["store"]): void {
  const list = store.listObjects.bind(store);
  store.listObjects = async (name, options) => {
    const { delimiter = "", prefix = "" } = options;
    if (delimiter === "") return list(name, options);
    const { objects } = await list(name, { prefix });
    const folders = objects.flatMap(({ key }) => {
      const end = key.indexOf(delimiter, prefix.length);
      return end < 0 ? [] : [key.slice(0, end + delimiter.length)];
    });
    return { ...(await list(name, options)), commonPrefixes: [...new Set(folders)].sort() };
  };
}
