import { describe, expect, it, onTestFinished, vi } from "vitest";
import { publish } from "../../../src/publish/publish.ts";
import { markerFile } from "../../../src/publish/targets/git-baseline.ts";
import { ObjectSession } from "../../../src/publish/targets/object-session.ts";
import type { ObjectStore } from "../../../src/publish/targets/object-store.ts";
import { s3Target } from "../../../src/publish/targets/s3.ts";
import { s3Store } from "../../../src/publish/targets/s3-store.ts";
import { folderOf } from "../support/folders.ts";
import { interruptedTrees } from "../support/interrupted-trees.ts";
import { s3Server } from "../support/s3-server.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const settings = { layout: null };
const readKeys = async () => [];

/** The real store, and the order in which it was asked to change something. */
function watched(store: ObjectStore): { readonly store: ObjectStore; readonly changes: string[] } {
  const changes: string[] = [];
  return {
    changes,
    store: {
      ...store,
      write: async (key, ...rest) => {
        await store.write(key, ...rest);
        if (key !== markerFile) changes.push(`+${key}`);
      },
      remove: async (key) => {
        await store.remove(key);
        changes.push(`-${key}`);
      },
    },
  };
}

const dns = folderOf("v1/providers/acme/dns", "dns 1", { "1.0.0/download/linux/amd64": "one" });

describe("s3Target", () => {
  it("writes documents before lists, removes lists before documents, and only what differs", async () => {
    const server = await s3Server();
    const { store, changes } = watched(s3Store(server.options("")));
    const run = async (folders: readonly (typeof dns)[]) => {
      const request = { commit: null, dryRun: false };
      const session = new ObjectSession({ store, marker: null, request, close: async () => undefined });
      await session.begin(null);
      for (const folder of folders) await session.put(folder);
      await session.finish(null);
      await session.close();
      return changes.splice(0);
    };
    const [document, list] = ["v1/providers/acme/dns/1.0.0/download/linux/amd64", "v1/providers/acme/dns/versions"];
    expect(await run([dns])).toEqual([`+${document}`, `+${list}`]);
    expect(await run([dns])).toEqual([]);
    const next = folderOf("v1/providers/acme/dns", "dns 2", { "2.0.0/download/linux/amd64": "two" });
    expect(await run([next])).toEqual([
      "+v1/providers/acme/dns/2.0.0/download/linux/amd64",
      `+${list}`,
      `-${document}`,
    ]);
    expect(await run([])).toEqual([`-${list}`, "-v1/providers/acme/dns/2.0.0/download/linux/amd64"]);
    store.stop();
  });

  it("says of each object what it is and how long it may be kept", async () => {
    const server = await s3Server();
    await publish({ tree: interruptedTrees[0], target: server.target(), settings, readKeys });
    const head = async (key: string) => {
      const { headers } = await fetch(`${server.endpoint}/registry/${key}`);
      return [headers.get("content-type"), headers.get("cache-control")];
    };
    const json = "application/json";
    expect(await head(".well-known/terraform.json")).toEqual([json, "public, max-age=60"]);
    expect(await head("v1/providers/acme/p0/versions")).toEqual([json, "public, max-age=60"]);
    expect(await head("v1/providers/acme/p0/0.1.0/download/linux/amd64")).toEqual([json, "public, max-age=300"]);
    expect(await head(markerFile)).toEqual([json, "no-store"]);
  });

  it("notices a publisher on another machine, and looks at everything the next time", async () => {
    const server = await s3Server();
    const elsewhere = s3Target({ ...server.options(""), dataFolder: await temporaryFolder() });
    const session = await server.target().open({ commit: "a".repeat(40), dryRun: false, inputs: "1" });
    await session.begin(null);
    await publish({ tree: interruptedTrees[1], target: elsewhere, settings, readKeys });
    await expect(session.finish("plain")).rejects.toMatchObject({
      code: "git-failed",
      message: expect.stringMatching(/was published to by somebody else .* only one publish there/),
    });
    await session.close();
    const next = await server.target().open({ commit: "a".repeat(40), dryRun: false, inputs: "1" });
    expect(next.published).toBeNull();
    await next.close();
  });

  it("says what to look at where the store refuses, and shows no secret", async () => {
    const server = await s3Server();
    const secret = "not-for-anybody";
    const wrong = s3Target({
      ...server.options(""),
      bucket: "another",
      credentials: { accessKeyId: "S3RVER", secretAccessKey: secret },
    });
    const error: unknown = await wrong.open({ commit: null, dryRun: true }).catch((cause: unknown) => cause);
    expect(error).toMatchObject({
      code: "publish-failed",
      message: expect.stringMatching(
        /The store "s3:\/\/another" did not do it \(NoSuchBucket, HTTP 404: .*Check the bucket's name/,
      ),
    });
    expect(JSON.stringify(error) + String((error as Error).cause)).not.toMatch(/AWS4-HMAC|not-for-anybody/);
  });

  it("says who acts where there are no credentials, and where nothing answers", async () => {
    const options = { bucket: "registry", prefix: "", region: "us-east-1" };
    const open = (more: Pick<Parameters<typeof s3Target>[0], "endpoint" | "credentials">) =>
      s3Target({ dataFolder: null, ...options, ...more }).open({ commit: null, dryRun: true });
    // Nothing of this machine's own.
    const none = { AWS_EC2_METADATA_DISABLED: "true", AWS_SHARED_CREDENTIALS_FILE: "/missing" };
    for (const [name, value] of Object.entries({ ...none, AWS_CONFIG_FILE: "/missing" })) vi.stubEnv(name, value);
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"]) vi.stubEnv(name, undefined);
    onTestFinished(() => void vi.unstubAllEnvs());
    await expect(open({ endpoint: "http://127.0.0.1:1", credentials: null })).rejects.toMatchObject({
      ...{ family: "operator", message: expect.stringMatching(/no credentials for the store .*AWS_ACCESS_KEY_ID/) },
    });
    const credentials = { accessKeyId: "a", secretAccessKey: "b" };
    await expect(open({ endpoint: "http://127.0.0.1:1", credentials })).rejects.toMatchObject({
      ...{ family: "upstream", message: expect.stringContaining("Check AWS_ENDPOINT_URL_S3") },
    });
  });
});
