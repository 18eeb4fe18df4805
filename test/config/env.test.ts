import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readPublisherEnvironment, readReaderEnvironment, readServerEnvironment } from "../../src/config/env.ts";
import { RegistrarError } from "../../src/registry/errors.ts";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

const good = {
  APP_ID: "4711",
  PRIVATE_KEY: privateKey,
  WEBHOOK_SECRET: "correct horse",
  REGISTRAR_REPOSITORY: "example/registry",
};

type Variables = Readonly<Record<string, string | undefined>>;

function problemsOf(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    if (!(error instanceof RegistrarError)) throw error;
    expect(error).toMatchObject({ code: "bad-environment", family: "operator" });
    expect(error.message).toMatch(/^Registrar cannot start with this environment:\n/);
    expect(error.message).toMatch(/\nSee docs\/operators\.md\.$/);
    return [...error.message.matchAll(/^ {2}- (.*)$/gm)].map((match) => match[1] ?? "");
  }
  return [];
}

const serverProblems = (changes: Variables) => problemsOf(() => readServerEnvironment({ ...good, ...changes }));

describe("readServerEnvironment", () => {
  it("fills in the defaults", () => {
    expect(readServerEnvironment(good)).toEqual({
      appId: "4711",
      privateKey: privateKey.trim(),
      webhookSecret: "correct horse",
      authorWebhookSecret: null,
      repository: "example/registry",
      apiUrl: "https://api.github.com",
      serverUrl: "https://github.com",
      docsUrl: null,
      upstreamToken: null,
      publishTo: null,
      s3: { endpoint: null, region: "us-east-1", credentials: null },
      dataFolder: "var/data",
      host: "0.0.0.0",
      port: 3000,
    });
  });

  it("takes everything that can be set, spaces and slashes at the ends aside", () => {
    const environment = readServerEnvironment({
      ...good,
      APP_ID: " 4711\n",
      AUTHOR_WEBHOOK_SECRET: "another",
      GITHUB_SERVER_URL: "https://git.example.com/",
      GITHUB_API_URL: "https://git.example.com/api/v3//",
      UPSTREAM_TOKEN: "ghp_x",
      DOCS_URL: "https://git.example.com/tools/registrar/blob/main/docs/",
      PUBLISH_TO: "dir:/srv/registry",
      DATA_FOLDER: "/data",
      HOST: "127.0.0.1",
      PORT: "0",
    });
    expect(environment).toMatchObject({
      appId: "4711",
      authorWebhookSecret: "another",
      serverUrl: "https://git.example.com",
      apiUrl: "https://git.example.com/api/v3",
      docsUrl: "https://git.example.com/tools/registrar/blob/main/docs",
      upstreamToken: "ghp_x",
      publishTo: "dir:/srv/registry",
      dataFolder: "/data",
      host: "127.0.0.1",
      port: 0,
    });
  });

  it.each([
    ["APP_ID", /^APP_ID is not set: the number/],
    ["WEBHOOK_SECRET", /^WEBHOOK_SECRET is not set: .*anybody could send events/],
    ["REGISTRAR_REPOSITORY", /^REGISTRAR_REPOSITORY is not set: owner\/name/],
    ["PRIVATE_KEY", /^PRIVATE_KEY .* or PRIVATE_KEY_PATH is not set/],
  ])("needs %s, and an empty one is none", (name, expected) => {
    for (const value of [undefined, "", "  "]) {
      const problems = serverProblems({ [name]: value });
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(expected);
    }
  });

  it("lists every problem at once", () => {
    const problems = problemsOf(() =>
      readServerEnvironment({ APP_ID: "x", PORT: "-1", GITHUB_SERVER_URL: "git.example.com", WEBHOOK_SECRET: "" }),
    );
    for (const name of [
      "APP_ID",
      "PRIVATE_KEY",
      "WEBHOOK_SECRET",
      "REGISTRAR_REPOSITORY",
      "PORT",
      "GITHUB_SERVER_URL",
    ]) {
      expect(problems.filter((problem) => problem.includes(name)).length, name).toBeGreaterThan(0);
    }
  });

  it.each(["WEBHOOK_SECRET", "AUTHOR_WEBHOOK_SECRET"])("refuses the secret that everybody knows: %s", (name) => {
    expect(serverProblems({ [name]: "development" })).toEqual([
      `${name} is "development", which everybody knows; choose a random one`,
    ]);
  });

  it.each([
    ["APP_ID", "Iv23li", /must be a number, got "Iv23li"/],
    ["APP_ID", "-1", /must be a number/],
    ["REGISTRAR_REPOSITORY", "registry", /must be owner\/name, got "registry"/],
    ["REGISTRAR_REPOSITORY", "https://github.com/example/registry", /must be owner\/name/],
    ["REGISTRAR_REPOSITORY", "example/registry/x", /must be owner\/name/],
    ["REGISTRAR_REPOSITORY", "example/re gistry", /must be owner\/name/],
    ["PORT", "http", /must be a port number, got "http"/],
    ["PORT", "65536", /must be a port number/],
    ["PORT", "3.5", /must be a port number/],
    ["GITHUB_API_URL", "http://git.example.com/api/v3", /must be an https URL \(http only on loopback\)/],
    ["GITHUB_API_URL", "ftp://127.0.0.1", /must be an https URL/],
    ["GITHUB_API_URL", "api.github.com", /must be an https URL/],
    [
      "GITHUB_SERVER_URL",
      "https://git.example.com",
      /so GITHUB_API_URL has to be set too \(https:\/\/git\.example\.com\/api\/v3\)/,
    ],
    ["PRIVATE_KEY", "hunter2", /neither a PEM text nor base64 of one/],
    [
      "PRIVATE_KEY",
      "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
      /cannot be read as a private key/,
    ],
  ])("%s=%j is a problem that says what is expected", (name, value, expected) => {
    const problems = serverProblems({ [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
  });

  it("never prints a key or a secret", () => {
    const broken = privateKey.replace(/.{20}\n-----END/, "!!!!\n-----END");
    const text = problemsOf(() =>
      readServerEnvironment({ ...good, PRIVATE_KEY: broken, WEBHOOK_SECRET: "development", PORT: "x" }),
    ).join("\n");
    expect(text).toContain("PORT");
    expect(text).not.toContain(privateKey.split("\n")[1] ?? "-");
  });

  it.each(["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"])("%s is loopback", (url) => {
    const environment = readServerEnvironment({ ...good, GITHUB_SERVER_URL: url, GITHUB_API_URL: `${url}/api/v3` });
    expect(environment.serverUrl).toBe(url);
  });
});

describe("the private key", () => {
  const keyOf = (changes: Variables) =>
    readServerEnvironment({ ...good, PRIVATE_KEY: undefined, ...changes }).privateKey;

  it("is a PEM text, the same with \\n written out, or base64 of one", () => {
    expect(keyOf({ PRIVATE_KEY: privateKey }).trim()).toBe(privateKey.trim());
    expect(keyOf({ PRIVATE_KEY: privateKey.replaceAll("\n", "\\n") }).trim()).toBe(privateKey.trim());
    expect(keyOf({ PRIVATE_KEY: Buffer.from(privateKey).toString("base64") }).trim()).toBe(privateKey.trim());
  });

  it("may be of the form that GitHub gives out (PKCS #1)", () => {
    const pkcs1 = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      privateKeyEncoding: { type: "pkcs1", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    }).privateKey;
    expect(keyOf({ PRIVATE_KEY: pkcs1 })).toContain("RSA PRIVATE KEY");
  });

  it("may be a file; the variable itself comes first", async () => {
    const folder = await mkdtemp(join(tmpdir(), "registrar-env-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const path = join(folder, "key.pem");
    await writeFile(path, privateKey);
    expect(keyOf({ PRIVATE_KEY_PATH: path })).toBe(privateKey);
    expect(keyOf({ PRIVATE_KEY_PATH: join(folder, "none"), PRIVATE_KEY: privateKey }).trim()).toBe(privateKey.trim());
    expect(serverProblems({ PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: join(folder, "none") })).toEqual([
      expect.stringMatching(/^PRIVATE_KEY_PATH names ".*none", which cannot be read: ENOENT/),
    ]);
  });
});

describe("readReaderEnvironment", () => {
  it("needs the repository alone", () => {
    expect(readReaderEnvironment({ REGISTRAR_REPOSITORY: "example/registry" })).toEqual({
      repository: "example/registry",
      apiUrl: "https://api.github.com",
      serverUrl: "https://github.com",
      token: null,
      app: null,
    });
  });

  it("takes a token, or the app's credentials as a whole", () => {
    const { token } = readReaderEnvironment({ REGISTRAR_REPOSITORY: "a/b", GITHUB_TOKEN: " ghp_x " });
    expect(token).toBe("ghp_x");
    expect(readReaderEnvironment({ ...good, WEBHOOK_SECRET: undefined }).app?.appId).toBe("4711");
    const problems = problemsOf(() => readReaderEnvironment({ REGISTRAR_REPOSITORY: "a/b", APP_ID: "4711" }));
    expect(problems).toEqual([expect.stringMatching(/^PRIVATE_KEY/)]);
  });
});

describe("readPublisherEnvironment", () => {
  it("needs nothing, and takes a server, a token and a folder", () => {
    const s3 = { endpoint: null, region: "us-east-1", credentials: null };
    const defaults = { serverUrl: "https://github.com", token: null, dataFolder: null, s3 };
    expect(readPublisherEnvironment({})).toEqual(defaults);
    const variables = { GITHUB_SERVER_URL: "https://git.test.example/", GITHUB_TOKEN: " ghp_x ", DATA_FOLDER: "data" };
    expect(readPublisherEnvironment(variables)).toEqual({
      ...{ serverUrl: "https://git.test.example", token: "ghp_x", dataFolder: "data", s3 },
    });
    expect(problemsOf(() => readPublisherEnvironment({ GITHUB_SERVER_URL: "http://git.test.example" }))).toEqual([
      expect.stringMatching(/^GITHUB_SERVER_URL must be an https URL/),
    ]);
  });

  it("takes a store by the names that Amazon's tools have for it", () => {
    const keys = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" };
    const { s3 } = readPublisherEnvironment({ ...keys, AWS_ENDPOINT_URL: "https://store.example/" });
    const credentials = { accessKeyId: "id", secretAccessKey: "secret" };
    expect(s3).toEqual({ endpoint: "https://store.example", region: "auto", credentials });
    expect(readPublisherEnvironment({ ...keys, AWS_SESSION_TOKEN: "t", AWS_REGION: "eu-west-1" }).s3).toEqual({
      endpoint: null,
      region: "eu-west-1",
      credentials: { ...credentials, sessionToken: "t" },
    });
    expect(problemsOf(() => readPublisherEnvironment({ AWS_ACCESS_KEY_ID: "id" }))).toEqual([
      expect.stringMatching(/^AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together/),
    ]);
  });
});
