import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSigner } from "../../src/sandbox/author/index.ts";
import { folderWith, registrar } from "../support/cli.ts";

interface Validation {
  readonly findings: readonly {
    readonly code: string;
    readonly outcome: string;
    readonly path: string;
    readonly version?: string;
    readonly message: string;
    readonly notice?: true;
  }[];
  readonly totals: Readonly<Record<string, unknown>>;
}

const archive = (platform: string, shasum = "a".repeat(64)) => {
  const [os, arch] = platform.split("_");
  const filename = `terraform-provider-dns_1.0.0_${platform}.zip`;
  return {
    os,
    arch,
    filename,
    download_url: `https://github.com/acme/terraform-provider-dns/releases/download/v1.0.0/${filename}`,
    shasum,
  };
};
const version = (text: string, targets: unknown[] = [archive("linux_amd64")]) => ({
  version: text,
  protocols: ["5.0"],
  shasums_url:
    "https://github.com/acme/terraform-provider-dns/releases/download/v1.0.0/terraform-provider-dns_1.0.0_SHA256SUMS",
  shasums_signature_url:
    "https://github.com/acme/terraform-provider-dns/releases/download/v1.0.0/terraform-provider-dns_1.0.0_SHA256SUMS.sig",
  targets,
});
const record = (...versions: unknown[]) => `${JSON.stringify({ versions }, null, 2)}\n`;

async function validate(files: Readonly<Record<string, string>>) {
  const folder = folderWith(files);
  try {
    const run = await registrar(["validate", "--registry", folder.path, "--json"]);
    return { ...run, ...(JSON.parse(run.stdout) as Validation) };
  } finally {
    folder.remove();
  }
}

const failures = (result: Validation) =>
  result.findings
    .filter(({ notice }) => notice !== true)
    .map(({ code, outcome, path, version: of }) => ({
      code,
      outcome,
      path,
      ...(of === undefined ? {} : { version: of }),
    }));

describe("registrar validate", () => {
  it("finds nothing to change in a right registry, and exits with 0", async () => {
    const result = await validate({ "providers/acme/dns.json": record(version("1.0.0")) });
    expect(failures(result)).toEqual([]);
    expect(result.totals).toMatchObject({ records: 1, versions: 1, archives: 1, fail: 0 });
    expect(result.exit).toBe(0);
  });

  it("does not stop at the first problem: every file and every version is looked at", async () => {
    const result = await validate({
      "providers/acme/a.json": "{ this is not JSON",
      "providers/acme/b.json": record(
        version("1.0"),
        version("1.0.0", [archive("linux_amd64", ""), archive("linux_amd64")]),
      ),
      "providers/acme/c.json": record(),
      "providers/acme/d.json": record(version("1.0.0"), version("1.0.0")),
      "providers/acme_/e.json": record(version("1.0.0")),
      "providers/misplaced.json": "{}",
      "modules/acme/network/aws.json": `{"versions":[{"version":"v1.0.0+build"},{"version":"v1.0.0"}]}\n`,
    });
    expect(result.exit).toBe(1);
    expect(failures(result)).toEqual(
      expect.arrayContaining([
        { code: "record-shape", outcome: "fail", path: "providers/acme/a.json" },
        { code: "version-syntax", outcome: "fail", path: "providers/acme/b.json", version: "1.0" },
        { code: "record-shape", outcome: "fail", path: "providers/acme/b.json", version: "1.0.0" },
        { code: "version-unique", outcome: "fail", path: "providers/acme/b.json", version: "1.0.0" },
        { code: "record-shape", outcome: "fail", path: "providers/acme/c.json" },
        { code: "version-unique", outcome: "fail", path: "providers/acme/d.json", version: "1.0.0" },
        { code: "record-place", outcome: "fail", path: "providers/acme_/e.json" },
        { code: "record-place", outcome: "fail", path: "providers/misplaced.json" },
        { code: "version-syntax", outcome: "fail", path: "modules/acme/network/aws.json", version: "v1.0.0+build" },
      ]),
    );
    expect(result.totals).toMatchObject({ filesWithFailures: 7 });
  });

  it("says what is wrong with a configuration alone, in plain words, and exits with 1", async () => {
    const result = await validate({
      ".github/registrar.yml":
        "aliases: {a/dns: a/dns}\nnamespaces: {a: {owner: b}, b: {owner: a}}\nbump: {every: soon}\n",
      "providers/acme/dns.json": record(version("1.0.0")),
    });
    expect(result.exit).toBe(1);
    expect(failures(result).map(({ code }) => code)).toEqual(Array.from({ length: 4 }, () => "configuration"));
    const messages = result.findings.map(({ message }) => message).join("\n");
    for (const said of [/"a\/dns": is an alias of itself/, /namespaces\.a: .*circle/, /bump\.every: must be a time/]) {
      expect(messages).toMatch(said);
    }
  });

  it("finds aliases that lead nowhere, and aliases at a record's address", async () => {
    const result = await validate({
      ".github/registrar.yml":
        "aliases: {a/dns: none/dns, Acme/Dns: globex/dns, b/web: acme/web, c/n/aws: acme/n/aws}\n",
      "providers/acme/dns.json": record(version("1.0.0")),
      "providers/globex/dns.json": record(version("1.0.0")),
      "providers/acme/web.json": record(version("1.0.0")),
      "modules/acme/n/aws.json": `{"versions":[{"version":"v1.0.0"}]}\n`,
    });
    expect(result.exit).toBe(1);
    expect(result.findings.filter(({ notice }) => notice !== true)).toMatchObject([
      { code: "configuration", message: expect.stringContaining('"a/dns": leads to "none/dns", of which') },
      { code: "configuration", message: expect.stringContaining('"Acme/Dns": the registry has a record of that') },
    ]);
  });

  it("looks for a namespace's keys and archives under the account that it is mapped to", async () => {
    const files = {
      "providers/tools/dns.json": record(version("1.0.0")),
      "keys/acme/releases.asc": (await createSigner({ name: "acme", email: "a@example.org" })).publicKey,
    };
    const said = (result: Validation) => result.findings.map(({ message }) => message).join("\n");
    const unmapped = said(await validate(files));
    expect(unmapped).toMatch(/no key for "tools\/dns"/);
    expect(unmapped).toMatch(/1 archive\(s\) lie under "acme\/terraform-provider-dns"/);
    const mapped = await validate({ ...files, ".github/registrar.yml": "namespaces: {tools: {owner: acme}}\n" });
    expect(said(mapped)).not.toMatch(/no key|lie under/);
  });

  it("names every problem of a broken configuration, and looks at the records all the same", async () => {
    const result = await validate({
      ".github/registrar.yml": "layuot: plain\npolicy:\n  settle: soon\n",
      "providers/acme/dns.json": record(version("1.0")),
    });
    expect(result.findings.filter(({ code }) => code === "configuration")).toHaveLength(2);
    expect(failures(result)).toContainEqual({
      code: "version-syntax",
      outcome: "fail",
      path: "providers/acme/dns.json",
      version: "1.0",
    });
  });

  it("says so when a version's key is not in the registry, and refuses a private key", async () => {
    const signer = await createSigner({ name: "A", email: "a@example.org" });
    const other = await createSigner({ name: "B", email: "b@example.org" });
    const signed = (by: string) => ({ ...version("1.0.0"), signed_by: by });
    const right = await validate({
      "keys/acme/a.asc": signer.publicKey,
      "providers/acme/dns.json": record(signed(signer.fingerprint)),
    });
    expect(failures(right)).toEqual([]);
    const missing = await validate({
      "keys/acme/a.asc": signer.publicKey,
      "keys/acme/secret.asc": "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nabcd\n-----END PGP PRIVATE KEY BLOCK-----\n",
      "providers/acme/dns.json": record(signed(other.fingerprint)),
    });
    expect(failures(missing)).toEqual([
      { code: "signature", outcome: "fail", path: "keys/acme/secret.asc" },
      { code: "signature", outcome: "fail", path: "providers/acme/dns.json", version: "1.0.0" },
    ]);
    expect(missing.findings.find(({ path }) => path.endsWith("secret.asc"))?.message).toMatch(/private key/i);
  });

  it("finds addresses that clients cannot tell apart", async () => {
    const result = await validate({
      "providers/Acme/dns.json": record(version("1.0.0")),
      "providers/acme/dns.json": record(version("1.0.0")),
    });
    expect(failures(result)).toEqual([{ code: "address-unique", outcome: "fail", path: "providers/acme/dns.json" }]);
  });

  it("names the configuration once", async () => {
    const folder = folderWith({
      ".github/registrar.yml": "publish: {workflow: 7}\n",
      "providers/acme/dns.json": record(version("1.0.0")),
    });
    const { stdout } = await registrar(["validate", "--registry", folder.path]);
    folder.remove();
    expect(stdout).toMatch(/configuration +\.github\/registrar\.yml: publish\.workflow/);
  });

  it("never follows a link out of the registry", async () => {
    const folder = folderWith({ "providers/acme/dns.json": record(version("1.0.0")) });
    symlinkSync("/etc/passwd", join(folder.path, "providers/acme/link.json"));
    const { stdout, exit } = await registrar(["validate", "--registry", folder.path, "--json"]);
    folder.remove();
    expect(stdout).not.toContain("root:");
    expect(failures(JSON.parse(stdout) as Validation)).toEqual([
      expect.objectContaining({ outcome: "fail", path: "providers/acme/link.json" }),
    ]);
    expect(exit).toBe(1);
  });

  it("says what to do about a folder that is not there", async () => {
    const { exit, stdout, stderr } = await registrar(["validate", "--registry", "/nowhere/at/all"]);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" });
    expect(stderr).toMatch(/\/nowhere\/at\/all/);
  });
});

const corpus = join(import.meta.dirname, "../../../shared/corpus/registry.tar.xz");

describe.skipIf(!existsSync(corpus))(
  "registrar validate, on the real data of a large registry (skipped without it)",
  () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), "registrar-corpus-"));
      execFileSync("tar", ["xJf", corpus, "-C", folder]);
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it("finds what is known to be wrong with it, and nothing else", async () => {
      const { stdout, exit } = await registrar(["validate", "--registry", folder, "--json"]);
      const result = JSON.parse(stdout) as Validation;
      expect(exit).toBe(1);
      expect(result.totals).toMatchObject({
        records: 3644,
        versions: 52_865,
        archives: 473_681,
        fail: 1476,
        hold: 0,
        retry: 0,
        byCode: { "version-syntax": 302, "record-shape": 488, "version-unique": 686 },
        filesWithFailures: 200,
      });
      const noticed = (text: RegExp) =>
        result.findings.filter(({ notice, message }) => notice === true && text.test(message));
      const twins = noticed(/are one to clients/);
      expect([twins.length, new Set(twins.map(({ path }) => path)).size]).toEqual([71, 15]);
      expect(noticed(/in lower case only/)).toHaveLength(668);
      const syntax = result.findings.filter(({ code }) => code === "version-syntax");
      expect(syntax.filter(({ path }) => path.startsWith("providers/"))).toHaveLength(91);
      expect(syntax.filter(({ path }) => path.startsWith("modules/"))).toHaveLength(211);
    });
  },
);
