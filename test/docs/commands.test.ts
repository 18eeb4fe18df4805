import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

/** Commands in `sh` blocks, in reading order. */
const commands = pages.flatMap((page) =>
  [...readFileSync(join(root, page), "utf8").matchAll(/```sh\n([\s\S]*?)```/g)].flatMap((block) =>
    (block[1] ?? "")
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line) => ({ page, line })),
  ),
);

/** What a reader sees to happen: the exit code, and a text in the output. Every command of the docs is listed. */
const expected: Readonly<Record<string, { readonly exit: number; readonly says: RegExp }>> = {
  "npm run registrar -- sandbox release acme/dns 1.3.0": { exit: 0, says: /clients can install it/ },
  "npm run registrar -- sandbox release acme/dns 1.4.0 --tamper checksum": { exit: 1, says: /SHA256SUMS says/ },
  "npm run registrar -- sandbox release acme/dns 1.5.0 --tamper signature": { exit: 1, says: /does not verify/ },
  "npm run registrar -- sandbox release acme/dns 1.6.0 --key unknown": { exit: 1, says: /is not registered/ },
  "npm run registrar -- sandbox release acme/dns 1.7.0 --no-event": {
    exit: 0,
    says: /nobody is told[\s\S]*can install it/,
  },
  "npm run registrar -- sandbox tag acme/network/aws v1.2.0": { exit: 0, says: /clients can install it/ },
  "npm run registrar -- sandbox approve 3": { exit: 1, says: /not merged: the verdict is still "fail"/ },
  'npm run registrar -- sandbox comment 3 "/registrar explain" --as carl': {
    exit: 0,
    says: /cannot be merged as it is[\s\S]*archives[\s\S]*What to do/,
  },
  "npm run registrar -- why 3": { exit: 1, says: /fail\s+archives/ },
  "npm run registrar -- why 3 --stage verdict": { exit: 1, says: /"outcome": "fail"/ },
  "mkdir -p var/mine/.github && touch var/mine/.github/registrar.yml": { exit: 0, says: /^$/ },
  "npm run registrar -- init provider acme/dns --registry var/mine": {
    exit: 0,
    says: /wrote providers\/acme\/dns\.json: [\s\S]*left out 1\.4\.0: [\s\S]*gpg --armor --export/,
  },
  "npm run registrar -- verify acme/dns 1.3.0": { exit: 0, says: /pass {2}1\.3\.0 \(recorded\)/ },
  "npm run registrar -- keys check var/acme.asc --for acme": {
    exit: 0,
    says: /verifies \d+ of[\s\S]*would take it as keys\/acme\/acme\.asc/,
  },
  "npm run registrar -- keys verify --sums var/SHA256SUMS --signature var/SHA256SUMS.sig --key var/acme.asc": {
    exit: 0,
    says: /OpenTofu accepts it/,
  },
  "npm run registrar -- keys propose --dry-run": { exit: 0, says: /0 keys would be proposed/ },
  "npm run registrar -- adopt --registry . --dry-run --report var/adopt.md": {
    exit: 0,
    says: /ids of 0 records would be recorded.* 3 had them before/,
  },
  "npm run registrar -- bump --all --dry-run": { exit: 0, says: /3 upstreams looked at, .*nothing was written/ },
  'mkdir -p var && echo \'{"commit":"1","files":[{"path":"modules/acme/network/aws.json","had":1,"has":2,"added":[{"version":"v9.0.0"}]}]}\' > var/bumps.jsonl':
    { exit: 0, says: /^$/ },
  "npm run -s replay -- --registry . --bumps var/bumps.jsonl": { exit: 0, says: /1 bumps in .*: 1 merged, 0 stopped/ },
  "npm run -s replay -- --registry . --bumps var/bumps.jsonl --limit 1 --profile --json": {
    exit: 0,
    says: /"merged":true[\s\S]*"totals":[\s\S]*"profile":/,
  },
  "npm run -s sandbox -- --scenario list": { exit: 0, says: /head-moved/ },
  "npm run -s sandbox -- --once --json --scenario bad-checksum": { exit: 0, says: /"ok": true/ },
  "npm run -s registrar -- validate --registry . --json": { exit: 0, says: /"fail": 0/ },
  "npm run -s registrar -- publish --registry . --to dir:var/public": {
    exit: 0,
    says: /published \d+ documents/,
  },
  "npm run -s registrar -- publish --registry . --to dir:var/site --full": {
    exit: 0,
    says: /published \d+ documents to dir:var\/site/,
  },
  "git init -q --bare var/host.git": { exit: 0, says: /^$/ },
  "npm run -s registrar -- publish --registry . --to git:var/host.git#host": {
    exit: 0,
    says: /published \d+ documents to git:var\/host\.git#host/,
  },
  "npm run -s registrar -- --help": { exit: 0, says: /Exit codes/ },
};

/** CI itself runs these; this test would run itself. */
const runByCi = ["npm ci", "npm ci && npm test", "npm run check"];
const stayingUp = "npm ci && npm run sandbox";
/** Ends when it is told to. It is run on a free port, since others may have taken the one that it has by default. */
const serving = "npm run -s registrar -- serve --registry .";

/** What docs/keys.md looks at: a key, and the sums and signature of a release, from the sandbox's published registry. */
async function downloadRelease(folder: string): Promise<void> {
  const ask = async (address: string) => JSON.parse(await (await fetch(address)).text());
  const { registryUrl } = JSON.parse(readFileSync(join(folder, "sandbox.json"), "utf8"));
  const provider = `${registryUrl}/v1/providers/acme/dns`;
  const { versions } = await ask(`${provider}/versions`);
  const [{ version, platforms }] = versions;
  const url = `${provider}/${version}/download/${platforms[0].os}/${platforms[0].arch}`;
  const { shasums_url, shasums_signature_url, signing_keys } = await ask(url);
  for (const [name, from] of Object.entries({ SHA256SUMS: shasums_url, "SHA256SUMS.sig": shasums_signature_url })) {
    writeFileSync(join(folder, name), Buffer.from(await (await fetch(from)).arrayBuffer()));
  }
  writeFileSync(join(folder, "acme.asc"), signing_keys.gpg_public_keys[0].ascii_armor);
}

describe("the commands in the docs", () => {
  const folder = mkdtempSync(join(tmpdir(), "registrar-docs-"));
  let sandbox: ChildProcess;
  let printed = "";

  beforeAll(async () => {
    // A folder of its own, so that no sandbox that runs in the project's folder is disturbed.
    for (const name of ["package.json", "src", "node_modules"]) symlinkSync(join(root, name), join(folder, name));
    for (const name of ["providers", "modules", "keys"])
      cpSync(join(root, name), join(folder, name), { recursive: true });
    sandbox = spawn(join(root, "node_modules/.bin/node"), ["src/cli.ts", "sandbox"], { cwd: folder });
    sandbox.stdout?.on("data", (chunk) => {
      printed += chunk;
    });
    sandbox.stderr?.on("data", (chunk) => {
      printed += chunk;
    });
    const end = Date.now() + 50_000;
    while (!printed.includes("stays up") && sandbox.exitCode === null && Date.now() < end) await sleep(100);
    await downloadRelease(join(folder, "var"));
  });

  afterAll(async () => {
    const ended = new Promise((resolve) => sandbox.once("exit", resolve));
    sandbox.kill("SIGINT");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });

  it("are all known to this test", () => {
    const known = [...Object.keys(expected), ...runByCi, stayingUp, serving];
    expect(commands.filter(({ line }) => !known.includes(line))).toEqual([]);
    expect(Object.keys(expected).filter((line) => !commands.some((command) => command.line === line))).toEqual([]);
  });

  it("are the ones that CI runs", () => {
    const ci = readFileSync(join(root, ".ci", "run"), "utf8");
    for (const command of ["npm ci", "npm test"]) expect(ci).toContain(command);
  });

  it(`${stayingUp}: shows the first release and says what to try next`, () => {
    expect(printed).toContain("✔ Registrar merges it");
    for (const next of Object.keys(expected).filter((line) => /sandbox (?:release|tag|approve|comment)/.test(line))) {
      expect(printed).toContain(next);
    }
  });

  it(`${serving}: answers clients until it is ended`, async () => {
    const child = spawn("bash", ["-c", `exec ${serving} --port 0`], { cwd: folder, detached: true });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    let said = "";
    await new Promise<void>((resolve) => {
      child.stdout.on("data", (chunk) => {
        said += chunk;
        if (said.includes("\n")) resolve();
      });
      child.once("exit", () => resolve());
    });
    const url = /serving \. at (http:\S+)/.exec(said)?.[1] ?? said;
    const response = await fetch(`${url}v1/providers/acme/dns/versions`);
    expect(await response.json()).toMatchObject({ versions: expect.any(Array) });
    process.kill(-(child.pid ?? 0), "SIGINT");
    await ended;
  });

  const ordered = [...new Set(commands.map(({ line }) => line))].filter((line) => line in expected);
  it.each(ordered)("%s", async (line) => {
    const { exit, output } = await run(line, folder);
    expect(output).toMatch(expected[line]?.says ?? /never/);
    expect(exit).toBe(expected[line]?.exit);
  });
});

function run(line: string, cwd: string): Promise<{ exit: number | null; output: string }> {
  const child = spawn("bash", ["-c", line], { cwd });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    output += chunk;
  });
  return new Promise((resolve) => child.once("close", (exit) => resolve({ exit, output })));
}
