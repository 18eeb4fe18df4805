import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { RegistrarError } from "../../registry/errors.ts";
import { plainText, quoted } from "../../registry/plain-text.ts";
import type { ObjectStore } from "./object-store.ts";

export interface S3Options {
  readonly bucket: string;
  /** Without slashes at its ends; empty: the whole bucket. */
  readonly prefix: string;
  /** Null: Amazon's own, by region. */
  readonly endpoint: string | null;
  readonly region: string;
  /** Null: as the SDK finds them (a role of the machine, a profile). */
  readonly credentials: S3Credentials | null;
}

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Any S3-compatible store, by the official SDK; this is its only home. */
export function s3Store({ bucket, prefix, endpoint, region, credentials }: S3Options): ObjectStore {
  const client = new S3Client({
    region,
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
    ...(credentials === null ? {} : { credentials: { ...credentials } }),
    maxAttempts: 5,
    // What other stores than Amazon's do not know yet.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  const root = prefix === "" ? "" : `${prefix}/`;
  const label = `s3://${bucket}${prefix === "" ? "" : `/${prefix}`}`;
  const asking = async <Answer>(step: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await step();
    } catch (cause) {
      throw storeFailed(cause, label);
    }
  };
  async function* pages(below: string, Delimiter?: string): AsyncGenerator<ListObjectsV2CommandOutput> {
    let ContinuationToken: string | undefined;
    do {
      const more = {
        ...(Delimiter === undefined ? {} : { Delimiter }),
        ...(ContinuationToken ? { ContinuationToken } : {}),
      };
      const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: `${root}${below}`, ...more });
      const page: ListObjectsV2CommandOutput = await asking(() => client.send(command));
      yield page;
      ContinuationToken = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (ContinuationToken !== undefined);
  }
  return {
    label,
    list: async function* (below) {
      for await (const { Contents = [] } of pages(below)) {
        for (const { Key, ETag = "" } of Contents) {
          if (Key !== undefined) yield { key: Key.slice(root.length), tag: ETag.replaceAll('"', "") };
        }
      }
    },
    folders: async (below) => {
      const names: string[] = [];
      for await (const { CommonPrefixes = [] } of pages(below, "/")) {
        for (const { Prefix = "" } of CommonPrefixes) names.push(Prefix.slice(root.length + below.length, -1));
      }
      return names;
    },
    read: async (key) => {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: `${root}${key}` }));
        return (await Body?.transformToString("utf-8")) ?? "";
      } catch (cause) {
        if (cause instanceof S3ServiceException && cause.name === "NoSuchKey") return null;
        throw storeFailed(cause, label);
      }
    },
    write: async (key, body, cache) => {
      const about = { ContentType: "application/json", CacheControl: cache };
      await asking(() =>
        client.send(new PutObjectCommand({ Bucket: bucket, Key: `${root}${key}`, Body: body, ...about })),
      );
    },
    remove: async (key) => {
      await asking(() => client.send(new DeleteObjectCommand({ Bucket: bucket, Key: `${root}${key}` })));
    },
    stop: () => client.destroy(),
  };
}

/** What the store says. The SDK's own error stays inside: it holds the whole request, its credentials too. */
function storeFailed(cause: unknown, label: string): RegistrarError {
  const { name, message } = cause instanceof Error ? cause : { name: "no answer", message: String(cause) };
  const { $metadata } = cause instanceof S3ServiceException ? cause : { $metadata: undefined };
  const status = $metadata?.httpStatusCode;
  const said = `${plainText(name)}${status === undefined ? "" : `, HTTP ${status}`}: ${plainText(message)}`;
  const isTheirs = status !== undefined && status >= 400 && status < 500 && status !== 429;
  // https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/setting-credentials-node.html
  if (name === "CredentialsProviderError") {
    return new RegistrarError(
      "publish-failed",
      `There are no credentials for the store ${quoted(label)} (${said}). Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine a role or a profile.`,
    );
  }
  const next = isTheirs
    ? "Check the bucket's name, AWS_REGION, AWS_ENDPOINT_URL_S3 and the credentials, which need to list, read, write and delete there."
    : "Publish again; clients see what was there before, or what is there already. Check AWS_ENDPOINT_URL_S3 if it stays so.";
  const code = isTheirs ? "publish-failed" : "upstream-unavailable";
  return new RegistrarError(code, `The store ${quoted(label)} did not do it (${said}). ${next}`);
}
