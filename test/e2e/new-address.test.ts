import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createSigner, type Signer } from "../../src/sandbox/author/index.ts";
import { type Author, createAuthor } from "../../src/scenarios/author.ts";
import { checkOut } from "../support/stage/checkout.ts";
import { aStage, people, pollUntil, registryRepository, type TestStage } from "../support/stage/stage.ts";

interface Init {
  readonly ok: boolean;
  readonly written: boolean;
  readonly versions: readonly string[];
  readonly left: readonly { readonly version: string; readonly reasons: readonly string[] }[];
  readonly beyond: readonly string[];
  readonly findings: readonly { readonly code: string; readonly outcome: string }[];
  readonly signers: readonly { readonly key: string; readonly path: string | null }[];
}

const platforms = ["linux_amd64", "darwin_arm64"] as const;

/** An upstream that no record knows, with two releases of last year. */
async function newcomer(stage: TestStage, of: { namespace: string; signer: Signer }): Promise<Author> {
  const { namespace, signer } = of;
  const type = "cache";
  await stage.sandbox.createRepository({
    owner: namespace,
    name: `terraform-provider-${type}`,
    license: "MPL-2.0",
    createdAt: "2025-01-01T00:00:00Z",
  });
  const path = `providers/${namespace}/${type}.json`;
  const author = createAuthor(stage.sandbox, { provider: { path, namespace, type, versions: [], platforms }, signer });
  for (const version of ["0.9.0", "1.0.0", "1.0.1"]) {
    await author.cutRelease({
      version,
      published: "2025-02-01T00:00:00Z",
      ...(version === "1.0.1" ? { tamper: "checksum" } : {}),
    });
  }
  return author;
}

async function proposeFile(stage: TestStage, wish: { path: string; text: string; title: string }): Promise<number> {
  const carl = stage.sandbox.as(people.contributor);
  const fork = await carl.fork(registryRepository);
  const branch = wish.path.replaceAll(/\W/g, "-");
  await carl.commit({
    repository: fork.fullName,
    branch,
    from: "main",
    files: { [wish.path]: wish.text },
    message: wish.title,
  });
  return carl.openPullRequest({
    repository: registryRepository,
    head: `${people.contributor}:${branch}`,
    title: wish.title,
  });
}

/** A review is dated in whole seconds, and counts only after the verdict that it answers. */
async function approve(stage: TestStage, number: number): Promise<void> {
  await sleep(1_100);
  await stage.sandbox.as(people.maintainer).review({ repository: registryRepository, number, event: "APPROVE" });
}

/** Rule and outcome of everything that does not pass, as the check of a pull request lists it. */
async function notPassed(stage: TestStage, headSha: string): Promise<readonly string[]> {
  const [run] = await stage.checkRuns(headSha);
  const rows = [...(run?.output.summary ?? "").matchAll(/^\| (❌|⏳|✋) \| `([\w-]+)`/gmu)];
  return rows.map(([, icon, code]) => `${icon} ${code}`);
}

describe("a new provider whose key is registered", () => {
  it("is written by init, held for its newness alone, and published when a maintainer approves", async () => {
    const stage = await aStage();
    const { provider } = await newcomer(stage, { namespace: "acme", signer: stage.dns.signer });
    const checkout = await checkOut(stage);

    const dry = await checkout.ask<Init>("init", "provider", "acme/cache", "--dry-run");
    expect(dry).toMatchObject({ exit: 0, ok: true, written: false });
    expect(await checkout.status()).toEqual([]);

    const init = await checkout.ask<Init>("init", "provider", "acme/cache");
    expect(init).toMatchObject({ exit: 0, written: true, versions: ["1.0.0", "0.9.0"], beyond: [] });
    expect(init.left).toMatchObject([{ version: "1.0.1", reasons: [expect.stringContaining("SHA256SUMS says")] }]);
    expect(init.findings).toMatchObject([{ code: "new-record", outcome: "hold" }]);
    expect(init.signers).toMatchObject([{ key: stage.dns.signer.fingerprint, path: "keys/acme/releases.asc" }]);
    expect(await checkout.status()).toEqual([`?? ${provider.path}`]);

    const text = await checkout.read(provider.path);
    const number = await proposeFile(stage, { path: provider.path, text, title: "Add acme/cache" });
    const { headSha } = await stage.judged(number, "hold");
    expect(await notPassed(stage, headSha)).toEqual(["✋ new-record"]);
    await pollUntil("its comment", async () => /acme\/cache is new to this registry/.test(await stage.comment(number)));

    await pollUntil("its review request", async () => {
      const answer = await fetch(`${stage.sandbox.apiUrl}/repos/${registryRepository}/pulls/${number}`);
      const { requested_reviewers } = (await answer.json()) as { requested_reviewers: { login: string }[] };
      return requested_reviewers.map(({ login }) => login).join() === people.maintainer;
    });

    await approve(stage, number);
    await stage.merged(number);
    await pollUntil("its publication", () => stage.isPublished("acme/cache", "1.0.0"));
    expect(await stage.versions({ provider } as Author)).toEqual(["1.0.0", "0.9.0"]);
    // Nothing is left to do: what was left out stays out, and the record is not bumped with itself.
    await stage.rest();
    expect(stage.sandbox.violations).toEqual([]);
  });
});

describe("a new provider of a namespace without a key", () => {
  it("waits for its key, which init names, and for a maintainer", async () => {
    const stage = await aStage();
    stage.sandbox.createAccount({ login: "initech", type: "Organization" });
    const signer = await createSigner({ name: "Initech", email: "releases@initech.example" });
    const { provider } = await newcomer(stage, { namespace: "initech", signer });
    const checkout = await checkOut(stage);

    const { exit, stdout } = await checkout.run("init", "provider", "initech/cache");
    expect(exit).toBe(0);
    expect(stdout).toContain(`gpg --armor --export ${signer.fingerprint} > keys/initech/NAME.asc`);
    expect(stdout).toContain("git add providers/initech/cache.json");
    const text = await checkout.read(provider.path);
    const number = await proposeFile(stage, { path: provider.path, text, title: "Add initech/cache" });
    const first = await stage.judged(number, "hold");
    expect(new Set(await notPassed(stage, first.headSha))).toEqual(new Set(["✋ signature", "✋ new-record"]));

    const key = await proposeFile(stage, {
      path: "keys/initech/releases.asc",
      text: signer.publicKey,
      title: "Add the key",
    });
    await stage.judged(key, "hold");
    await approve(stage, key);
    await stage.merged(key);
    await pollUntil("the new verdict", async () => {
      const left = await notPassed(stage, first.headSha);
      return left.length === 1 && left[0] === "✋ new-record";
    });
    await approve(stage, number);
    await stage.merged(number);
    await pollUntil("its publication", () => stage.isPublished("initech/cache", "1.0.0"));
    expect(stage.sandbox.violations).toEqual([]);
  });
});

describe("a new module", () => {
  it("is written by init from its tags, held for its newness alone, and merged when a maintainer approves", async () => {
    const stage = await aStage();
    const repository = "acme/terraform-aws-storage";
    await stage.sandbox.createRepository({ owner: "acme", name: "terraform-aws-storage", files: { "main.tf": "" } });
    for (const tag of ["v1.0.0", "v1.1.0", "nightly"]) await stage.sandbox.as("acme").createTag({ repository, tag });
    const checkout = await checkOut(stage);
    const path = "modules/acme/storage/aws.json";
    expect(await checkout.ask<Init>("init", "module", "acme/storage/aws")).toMatchObject({
      exit: 0,
      versions: ["v1.1.0", "v1.0.0"],
      signers: [],
    });
    const number = await proposeFile(stage, { path, text: await checkout.read(path), title: "Add acme/storage/aws" });
    const { headSha } = await stage.judged(number, "hold");
    expect(await notPassed(stage, headSha)).toEqual(["✋ new-record"]);
    await approve(stage, number);
    await stage.merged(number);
    expect(stage.sandbox.violations).toEqual([]);
  });
});
