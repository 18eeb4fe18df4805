import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generateKey } from "openpgp";

/** What a benchmark works on. */
export interface Input {
  /** Everything is written below it. */
  readonly folder: string;
  /** A registry's files, with a git repository around them. */
  readonly registry: string;
  /** In words. */
  readonly what: string;
  readonly rounds: number;
}

export const git = (cwd: string, ...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=B", "-c", "user.email=b@example.com", "-c", "gc.auto=0", ...args], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 2 ** 30,
  }).trim();

const generatedProviders = 300;
const platforms = ["darwin_amd64", "darwin_arm64", "linux_386", "linux_amd64", "linux_arm64", "windows_amd64"];

/** Copies a registry, or makes one of a stated size, so that the original stays as it is. */
export function prepareInput(of: {
  readonly folder: string;
  readonly from: string | null;
  readonly rounds: number;
}): Input {
  const { folder, from, rounds } = of;
  const registry = join(folder, "registry");
  mkdirSync(registry, { recursive: true });
  if (from === null) generate(registry);
  else {
    for (const name of ["providers", "modules", "keys", ".github"]) {
      if (readdirSync(from).includes(name)) cpSync(join(from, name), join(registry, name), { recursive: true });
    }
  }
  git(registry, "init", "-q", "-b", "main");
  git(registry, "add", "-A");
  git(registry, "commit", "-q", "-m", "registry");
  const records = git(registry, "ls-files", "providers", "modules").split("\n").length;
  const what = `${from === null ? "a generated registry" : "a given registry"} with ${records} records`;
  return { folder, registry, what, rounds };
}

/** The same registry with one signing key of 3 KB for each namespace, which stands in every download document. */
export async function withKeys(input: Input): Promise<Input> {
  const registry = join(input.folder, "registry-with-keys");
  cpSync(input.registry, registry, { recursive: true });
  const key = await generateKey({
    ...{ type: "rsa", rsaBits: 3072, subkeys: [{ sign: true }], format: "object" },
    userIDs: [{ name: "Bench", email: "bench@example.com" }],
  });
  const text = key.publicKey.armor();
  for (const namespace of readdirSync(join(registry, "providers"))) {
    mkdirSync(join(registry, "keys", namespace), { recursive: true });
    writeFileSync(join(registry, "keys", namespace, "bench.asc"), text);
  }
  git(registry, "add", "-A");
  git(registry, "commit", "-q", "-m", "keys");
  return { ...input, registry };
}

function generate(registry: string): void {
  for (let at = 0; at < generatedProviders; at += 1) {
    const [namespace, type] = [`authors${at % 60}`, `p${at}`];
    const versions = Array.from({ length: 12 }, (_, minor) =>
      entryOf(`${namespace}/terraform-provider-${type}`, type, `1.${11 - minor}.0`),
    );
    const path = join(registry, "providers", namespace, `${type}.json`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify({ versions }, null, 2)}\n`);
  }
}

function entryOf(repository: string, type: string, version: string) {
  const base = `https://github.com/${repository}/releases/download/v${version}/terraform-provider-${type}_${version}`;
  return {
    version,
    protocols: ["5.0"],
    shasums_url: `${base}_SHA256SUMS`,
    shasums_signature_url: `${base}_SHA256SUMS.sig`,
    targets: platforms.map((platform) => {
      const [os, arch] = platform.split("_");
      const filename = `terraform-provider-${type}_${version}_${platform}.zip`;
      return { os, arch, filename, download_url: `${base}_${platform}.zip`, shasum: "ab".repeat(32) };
    }),
  };
}

/** A usable record: `providers/acme/dns.json`. */
export function someRecord({ registry }: Input): string {
  const found = git(registry, "ls-files", "providers")
    .split("\n")
    .find((path) => {
      const { versions } = JSON.parse(readFileSync(join(registry, path), "utf8")) as { versions?: unknown[] };
      return (versions?.length ?? 0) > 3 && path === path.toLowerCase();
    });
  if (found === undefined) throw new Error("The registry has no provider with some versions.");
  return found;
}

/** Adds a version to a record, as a bump does, and commits it. */
export function bump(input: Input, path: string, version: string): void {
  const file = join(input.registry, path);
  const record = JSON.parse(readFileSync(file, "utf8")) as { versions: Record<string, unknown>[] };
  const [newest] = record.versions;
  record.versions.unshift({ ...newest, version });
  writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
  git(input.registry, "commit", "-qam", `${path} ${version}`);
}
