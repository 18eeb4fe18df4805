import { describe, expect, it } from "vitest";
import { registryRepository } from "../../src/scenarios/demo.ts";
import { pushToMain } from "../support/stage/by-hand.ts";
import { checkOut } from "../support/stage/checkout.ts";
import { aModuleAuthor } from "../support/stage/module-author.ts";
import { aTaskStage, type TaskStage } from "../support/stage/task-stage.ts";

interface Verify {
  readonly ok: boolean;
  readonly outcome: string;
  readonly versions: readonly {
    readonly version: string;
    readonly recorded: boolean;
    readonly outcome: string;
    readonly findings: readonly { readonly code: string; readonly outcome: string; readonly message: string }[];
  }[];
  readonly beyond: { readonly recorded: number; readonly missing: number };
}

const dnsOf = ({ authors }: TaskStage) => {
  const dns = authors.find(({ provider }) => provider.type === "dns");
  if (dns === undefined) throw new Error("no acme/dns");
  return dns;
};

/** What speaks against a version, by rule. */
const against = ({ versions }: Verify) =>
  versions.map(({ version, findings }) => [
    version,
    ...new Set(findings.filter(({ outcome }) => outcome !== "pass").map(({ code }) => code)),
  ]);

async function verifying(stage: TaskStage) {
  const checkout = await checkOut(stage);
  return {
    ...checkout,
    verify: (...args: readonly string[]) => checkout.ask<Verify>("verify", ...args, "--registry", "."),
  };
}

describe("registrar verify", () => {
  it("finds a record to be what upstream has, and what a bump would add", async () => {
    const stage = await aTaskStage();
    await dnsOf(stage).cutRelease({ version: "1.2.0" });
    const { verify } = await verifying(stage);
    const all = await verify("acme/dns");
    expect(all).toMatchObject({ exit: 0, ok: true, outcome: "pass", beyond: { recorded: 0, missing: 0 } });
    expect(all.versions.map(({ version, recorded }) => [version, recorded])).toEqual([
      ["1.2.0", false],
      ["1.1.0", true],
      ["1.0.0", true],
    ]);
    // Capitals are one address to clients.
    expect(await verify("ACME/dns", "1.1.0")).toMatchObject({
      exit: 0,
      versions: [{ version: "1.1.0", recorded: true }],
    });
    expect(await verify("acme/dns", "1.2.0")).toMatchObject({
      exit: 0,
      versions: [{ version: "1.2.0", recorded: false }],
    });
    expect(await verify("acme/dns", "--limit", "1")).toMatchObject({ beyond: { recorded: 1, missing: 0 } });
  });

  it("asks the registry itself where no folder is named", async () => {
    const stage = await aTaskStage();
    const checkout = await checkOut(stage, { REGISTRAR_REPOSITORY: registryRepository });
    expect(await checkout.ask<Verify>("verify", "acme/dns", "1.1.0")).toMatchObject({ exit: 0, ok: true });
  });

  it("finds files that were uploaded again, a tampered release and one that is not there", async () => {
    const stage = await aTaskStage();
    await dnsOf(stage).uploadAgain("1.1.0");
    await dnsOf(stage).cutRelease({ version: "1.3.0", tamper: "checksum" });
    const { verify, run } = await verifying(stage);
    const all = await verify("acme/dns");
    expect(all.exit).toBe(1);
    expect(against(all)).toEqual([
      ["1.3.0", "archives"],
      ["1.1.0", "record-matches-release", "sums-cover-archives"],
      ["1.0.0"],
    ]);
    const gone = await verify("acme/dns", "9.9.9");
    expect(gone.exit).toBe(1);
    expect(gone.versions[0]?.findings.filter(({ outcome }) => outcome === "fail")).toMatchObject([
      { code: "release-published", message: expect.stringContaining("no published release") },
    ]);
    const { stdout, exit } = await run("verify", "acme/dns", "--registry", ".");
    expect(stdout).toMatch(/^pass {2}1\.0\.0 \(recorded\)$/m);
    expect(stdout).toMatch(/fail {2}1\.3\.0 \(not recorded\)[\s\S]*SHA256SUMS says/);
    expect(exit).toBe(1);
  });

  it("leaves what only Registrar writes, and old hashes that no release says, out of the comparison", async () => {
    const stage = await aTaskStage();
    const path = "providers/acme/dns.json";
    const { content } = await stage.get<{ content: string }>(`contents/${path}`);
    const record = JSON.parse(Buffer.from(content, "base64").toString());
    record.versions[0].discovered = "2025-01-01T00:00:00Z";
    record.versions[0].targets[0].h1 = `h1:${"A".repeat(43)}=`;
    await pushToMain(stage, { [path]: `${JSON.stringify(record)}\n` });
    const { verify } = await verifying(stage);
    expect(await verify("acme/dns", "1.1.0")).toMatchObject({ exit: 0 });
    // But not what a pull request would have to say right.
    record.versions[0].tag = "v1.0.0";
    await pushToMain(stage, { [path]: `${JSON.stringify(record)}\n` });
    expect((await (await verifying(stage)).verify("acme/dns", "1.1.0")).exit).toBe(1);
  });

  it("holds a module whose tag was moved, and finds a tag by its version", async () => {
    const stage = await aTaskStage();
    const author = await aModuleAuthor(stage, ["v1.0.0", "v1.1.0"]);
    await author.moveTag("v1.0.0", await author.commit("other"));
    await author.tag("v1.2.0");
    const { verify } = await verifying(stage);
    const all = await verify("acme/storage/aws");
    expect(all.exit).toBe(1);
    expect(all.versions.map(({ version, outcome }) => [version, outcome])).toEqual([
      ["v1.2.0", "pass"],
      ["v1.1.0", "pass"],
      ["v1.0.0", expect.stringMatching(/hold|fail/)],
    ]);
    expect(await verify("acme/storage/aws", "1.2.0")).toMatchObject({
      exit: 0,
      versions: [{ version: "v1.2.0", recorded: false }],
    });
    expect(await verify("acme/storage/aws", "1.1.0")).toMatchObject({
      exit: 0,
      versions: [{ version: "v1.1.0", recorded: true }],
    });
  });

  it("tells by its exit code that upstream did not answer or has to settle", async () => {
    const stage = await aTaskStage({ settle: "1h" });
    await dnsOf(stage).cutRelease({ version: "1.2.0" });
    const { verify, run } = await verifying(stage);
    expect(await verify("acme/dns", "1.2.0")).toMatchObject({ exit: 3, outcome: "retry" });
    stage.sandbox.faults.add({ path: /releases\/tags\/v1\.0\.0/, status: 502, times: 9 });
    const { exit, stdout } = await run("verify", "acme/dns", "1.0.0", "--registry", ".");
    expect(stdout).toContain("Run the command again later.");
    expect(exit).toBe(3);
    stage.sandbox.faults.add({ path: /releases\?/, status: 502, times: 9 });
    expect((await run("verify", "acme/dns", "--registry", ".")).exit).toBe(3);
  });

  it.each([
    ["an address that is none", ["acme"], /NAMESPACE\/TYPE/],
    ["an address that the registry does not have", ["acme/nope"], /has no provider "acme\/nope"/],
    ["a version that can be none", ["acme/dns", "latest"], /expected a version such as 1\.3\.0/],
    ["a limit that is none", ["acme/dns", "--limit", "x"], /whole number/],
  ])("refuses %s", async (_what, args, says) => {
    const { run } = await checkOut(await aTaskStage());
    const { exit, stderr } = await run("verify", ...args, "--registry", ".");
    expect(stderr).toMatch(says);
    expect(exit).toBe(2);
  });
});
