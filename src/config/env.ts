import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { RegistrarError } from "../registry/errors.ts";

/** What everything needs that works on a registry as its app. */
export interface AppEnvironment {
  readonly appId: string;
  readonly privateKey: string;
  /** `owner/name` of the one registry that this process serves. */
  readonly repository: string;
  readonly apiUrl: string;
  readonly serverUrl: string;
  /** The folder of this project's documentation on the web, to which texts link; null: they name rules without a link. */
  readonly docsUrl?: string | null;
  /** A plain token for reading upstreams; null: the installation's own, narrowed to reading metadata. */
  readonly upstreamToken: string | null;
  readonly dataFolder: string;
}

/** Of an S3-compatible store; the names are those that Amazon's own tools read. */
export interface S3Environment {
  /** Null: Amazon's. */
  readonly endpoint: string | null;
  readonly region: string;
  /** Null: as the SDK finds them. */
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  } | null;
}

/** Everything that the server takes from its environment. The only reader of `process.env` for configuration. */
export interface ServerEnvironment extends AppEnvironment {
  readonly webhookSecret: string;
  /** Of the authors' app; null when it is not used. */
  readonly authorWebhookSecret: string | null;
  /** `dir:PATH` and so on; null: nothing is published. */
  readonly publishTo: string | null;
  /** Absent: Amazon's, with what the SDK finds. */
  readonly s3?: S3Environment;
  readonly host: string;
  readonly port: number;
}

/** What a read-only command needs. */
export interface ReaderEnvironment {
  readonly repository: string;
  readonly apiUrl: string;
  readonly serverUrl: string;
  readonly token: string | null;
  readonly app: { readonly appId: string; readonly privateKey: string } | null;
}

/** What publishing by command takes of it, beside its arguments. */
export interface PublisherEnvironment {
  readonly serverUrl: string;
  /** For a branch on that server; null: with what git has of its own. */
  readonly token: string | null;
  /** Null: nothing is kept. */
  readonly dataFolder: string | null;
  readonly s3: S3Environment;
}

/** What a command needs that reads upstreams only. */
export type UpstreamEnvironment = Pick<ReaderEnvironment, "apiUrl" | "serverUrl" | "token">;

type Variables = Readonly<Record<string, string | undefined>>;

/** Reads and checks the server's environment; throws one RegistrarError `bad-environment` that lists every problem. */
export function readServerEnvironment(variables: Variables = process.env): ServerEnvironment {
  const problems: string[] = [];
  const need = (name: string, what: string): string => {
    const value = variables[name]?.trim() ?? "";
    if (value === "") problems.push(`${name} is not set: ${what}`);
    return value;
  };
  const webhookSecret = need("WEBHOOK_SECRET", "the app's webhook secret; without it anybody could send events");
  const authorWebhookSecret = variables.AUTHOR_WEBHOOK_SECRET?.trim() || null;
  for (const [name, secret] of [
    ["WEBHOOK_SECRET", webhookSecret],
    ["AUTHOR_WEBHOOK_SECRET", authorWebhookSecret],
  ] as const) {
    if (secret === "development") problems.push(`${name} is "development", which everybody knows; choose a random one`);
  }
  const environment: ServerEnvironment = {
    ...readApp(variables, problems),
    webhookSecret,
    authorWebhookSecret,
    publishTo: variables.PUBLISH_TO?.trim() || null,
    s3: readS3(variables, problems),
    host: variables.HOST?.trim() || "0.0.0.0",
    port: readPort(variables, problems),
  };
  refuse(problems);
  return environment;
}

/** What commands need that act as the app. */
export function readAppEnvironment(variables: Variables = process.env): AppEnvironment {
  const problems: string[] = [];
  const environment = readApp(variables, problems);
  refuse(problems);
  return environment;
}

function readApp(variables: Variables, problems: string[]): AppEnvironment {
  return {
    appId: readAppId(variables, problems),
    privateKey: readPrivateKey(variables, problems),
    repository: readRepository(variables, problems),
    ...readUrls(variables, problems),
    docsUrl: variables.DOCS_URL?.trim() ? readUrl(variables, { name: "DOCS_URL", fallback: "" }, problems) : null,
    upstreamToken: variables.UPSTREAM_TOKEN?.trim() || null,
    dataFolder: variables.DATA_FOLDER?.trim() || "var/data",
  };
}

/** The same for commands that only read: app credentials are optional. */
export function readReaderEnvironment(variables: Variables = process.env): ReaderEnvironment {
  const problems: string[] = [];
  const hasApp = Boolean(variables.APP_ID?.trim());
  const environment: ReaderEnvironment = {
    repository: readRepository(variables, problems),
    ...readUrls(variables, problems),
    token: variables.GITHUB_TOKEN?.trim() || null,
    app: hasApp ? { appId: readAppId(variables, problems), privateKey: readPrivateKey(variables, problems) } : null,
  };
  refuse(problems);
  return environment;
}

/** The same for commands that publish or serve; everything has a default. */
export function readPublisherEnvironment(variables: Variables = process.env): PublisherEnvironment {
  const problems: string[] = [];
  const serverUrl = readUrl(variables, { name: "GITHUB_SERVER_URL", fallback: "https://github.com" }, problems);
  const s3 = readS3(variables, problems);
  refuse(problems);
  return {
    serverUrl,
    s3,
    token: variables.GITHUB_TOKEN?.trim() || null,
    dataFolder: variables.DATA_FOLDER?.trim() || null,
  };
}

/** The same for commands that read upstreams only: which GitHub, and a token where there is one. */
export function readUpstreamEnvironment(variables: Variables = process.env): UpstreamEnvironment {
  const problems: string[] = [];
  const environment = { ...readUrls(variables, problems), token: variables.GITHUB_TOKEN?.trim() || null };
  refuse(problems);
  return environment;
}

/** Whether the environment says which GitHub or which registry is meant, rather than leaving it to what runs here. */
export const namesGitHub = (variables: Variables = process.env): boolean =>
  ["REGISTRAR_REPOSITORY", "GITHUB_SERVER_URL", "GITHUB_API_URL"].some((name) => Boolean(variables[name]?.trim()));

function refuse(problems: readonly string[]): void {
  if (problems.length === 0) return;
  const list = problems.map((problem) => `  - ${problem}`).join("\n");
  throw new RegistrarError(
    "bad-environment",
    `Registrar cannot start with this environment:\n${list}\nSee docs/operators.md.`,
  );
}

function readAppId(variables: Variables, problems: string[]): string {
  const id = variables.APP_ID?.trim() ?? "";
  if (id === "") problems.push("APP_ID is not set: the number on the app's settings page");
  else if (!/^\d+$/.test(id)) problems.push(`APP_ID must be a number, got ${JSON.stringify(id)}`);
  return id;
}

function readRepository(variables: Variables, problems: string[]): string {
  const repository = variables.REGISTRAR_REPOSITORY?.trim() ?? "";
  if (repository === "") problems.push("REGISTRAR_REPOSITORY is not set: owner/name of the registry repository");
  else if (!/^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/.test(repository)) {
    problems.push(`REGISTRAR_REPOSITORY must be owner/name, got ${JSON.stringify(repository)}`);
  }
  return repository;
}

function readPrivateKey(variables: Variables, problems: string[]): string {
  const path = variables.PRIVATE_KEY_PATH?.trim();
  let key = variables.PRIVATE_KEY?.trim() ?? "";
  if (key === "" && path) {
    try {
      key = readFileSync(path, "utf8");
    } catch (error) {
      problems.push(
        `PRIVATE_KEY_PATH names ${JSON.stringify(path)}, which cannot be read: ${(error as Error).message}`,
      );
      return "";
    }
  }
  if (key === "") {
    problems.push("PRIVATE_KEY (the PEM text, or base64 of it) or PRIVATE_KEY_PATH is not set: the app's private key");
    return "";
  }
  const pem = key.includes("-----BEGIN") ? key.replaceAll("\\n", "\n") : Buffer.from(key, "base64").toString("utf8");
  if (!pem.includes("PRIVATE KEY-----")) problems.push("PRIVATE_KEY is neither a PEM text nor base64 of one");
  else if (!isPrivateKey(pem)) problems.push("PRIVATE_KEY cannot be read as a private key; was it cut off?");
  return pem;
}

/** What is wrong with it is not told: the library's message may show parts of it. */
function isPrivateKey(pem: string): boolean {
  try {
    createPrivateKey(pem);
    return true;
  } catch {
    return false;
  }
}

function readUrls(variables: Variables, problems: string[]): { apiUrl: string; serverUrl: string } {
  const serverUrl = readUrl(variables, { name: "GITHUB_SERVER_URL", fallback: "https://github.com" }, problems);
  const apiUrl = readUrl(variables, { name: "GITHUB_API_URL", fallback: "https://api.github.com" }, problems);
  if (serverUrl !== "https://github.com" && apiUrl === "https://api.github.com") {
    problems.push(`GITHUB_SERVER_URL is ${serverUrl}, so GITHUB_API_URL has to be set too (${serverUrl}/api/v3)`);
  }
  return { serverUrl, apiUrl };
}

function readUrl(variables: Variables, of: { name: string; fallback: string }, problems: string[]): string {
  const value = (variables[of.name]?.trim() || of.fallback).replace(/\/+$/, "");
  const url = URL.canParse(value) ? new URL(value) : null;
  const loopback = url !== null && ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  if (url === null || (url.protocol !== "https:" && !(url.protocol === "http:" && loopback))) {
    problems.push(`${of.name} must be an https URL (http only on loopback), got ${JSON.stringify(value)}`);
  }
  return value;
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html#EVarSettings */
function readS3(variables: Variables, problems: string[]): S3Environment {
  const name = variables.AWS_ENDPOINT_URL_S3?.trim() ? "AWS_ENDPOINT_URL_S3" : "AWS_ENDPOINT_URL";
  const endpoint = variables[name]?.trim() ? readUrl(variables, { name, fallback: "" }, problems) : null;
  const accessKeyId = variables.AWS_ACCESS_KEY_ID?.trim() ?? "";
  const secretAccessKey = variables.AWS_SECRET_ACCESS_KEY?.trim() ?? "";
  const sessionToken = variables.AWS_SESSION_TOKEN?.trim() ?? "";
  if ((accessKeyId === "") !== (secretAccessKey === "")) {
    problems.push("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together, and only one of them is set");
  }
  const keys = { accessKeyId, secretAccessKey, ...(sessionToken === "" ? {} : { sessionToken }) };
  const region = variables.AWS_REGION?.trim() || variables.AWS_DEFAULT_REGION?.trim();
  return {
    endpoint,
    // Other stores than Amazon's have no regions, and take this name for any.
    region: region || (endpoint === null ? "us-east-1" : "auto"),
    credentials: accessKeyId === "" || secretAccessKey === "" ? null : keys,
  };
}

function readPort(variables: Variables, problems: string[]): number {
  const text = variables.PORT?.trim() || "3000";
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    problems.push(`PORT must be a port number, got ${JSON.stringify(text)}`);
  return port;
}
