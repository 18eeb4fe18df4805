import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSigner } from "../../src/sandbox/author/index.ts";
import { createAuthor } from "../../src/scenarios/author.ts";
import { people, registryRepository } from "../../src/scenarios/demo.ts";
import { viewOf } from "../../src/scenarios/play.ts";
import { pollUntil } from "../../src/scenarios/poll.ts";
import { type Stage, startStage } from "../../src/scenarios/stage.ts";
import { seeComment, seePullRequests, seesVersion, seeVerdict, type View } from "../../src/scenarios/view.ts";

describe("when an author releases with a new key", () => {
  let stage: Stage;
  let view: View;
  const waitFor = { timeoutMs: 40_000 };

  beforeAll(async () => {
    stage = await startStage({ log: () => {} });
    view = viewOf(stage);
  });
  afterAll(() => stage?.stop());

  const find = async (title: RegExp) => (await seePullRequests(view)).find((one) => title.test(one.title)) ?? null;

  it("holds the version, merges the key when a maintainer approves it, and then the version by itself", async () => {
    const { sandbox } = stage;
    const [author] = stage.authors;
    if (author === undefined) throw new Error("no author");
    const { namespace, type } = author.provider;
    const signer = await createSigner({ name: "New key", email: "new@acme.example" });
    await createAuthor(sandbox, { provider: author.provider, signer }).cutRelease({ version: "7.0.0" });
    const bump = await pollUntil("the bump", () => find(/7\.0\.0/), waitFor);
    await pollUntil("its hold", async () => (await seeVerdict(view, bump.headSha)) === "hold", waitFor);
    expect(await pollUntil("its comment", () => seeComment(view, bump.number))).toContain(signer.fingerprint);

    const carl = sandbox.as(people.contributor);
    const fork = await carl.fork(registryRepository);
    const files = { [`keys/${namespace}/second.asc`]: signer.publicKey };
    const headSha = await carl.commit({ repository: fork.fullName, branch: "key", files, message: "Second key" });
    const head = `${people.contributor}:key`;
    const number = await carl.openPullRequest({ repository: registryRepository, head, title: "Second key" });
    await pollUntil("the hold of the key", async () => (await seeVerdict(view, headSha)) === "hold", waitFor);

    // Nobody's approval but a maintainer's counts.
    sandbox.createAccount({ login: "rita" });
    await sandbox.as("rita").review({ repository: registryRepository, number, event: "APPROVE" });
    await sandbox.idle();
    await pollUntil("the end of all work", () => stage.registrar.pending() === 0, waitFor);
    expect((await find(/^Second key/))?.merged).toBe(false);

    await sandbox.as(people.maintainer).review({ repository: registryRepository, number, event: "APPROVE" });
    await pollUntil("the merge of the key", async () => (await find(/^Second key/))?.merged, waitFor);
    await pollUntil("the merge of the version", async () => (await find(/7\.0\.0/))?.merged, waitFor);
    await pollUntil("its publication", () => seesVersion(view, `${namespace}/${type}`, "7.0.0"), waitFor);
    expect(
      await pollUntil("the last word", async () => /merged/.exec((await seeComment(view, number)) ?? "")),
    ).toBeTruthy();
    expect(sandbox.violations).toEqual([]);
  });

  it("lets an approval count only for the commit that it was given for", async () => {
    const { sandbox } = stage;
    const carl = sandbox.as(people.contributor);
    const signer = await createSigner({ name: "Third key", email: "third@acme.example" });
    const repository = `${people.contributor}/registry`;
    const path = "keys/globex/third.asc";
    const commit = (branch: string, text: string) =>
      carl.commit({
        repository,
        branch,
        from: branch === "third" ? "main" : branch,
        files: { [path]: text },
        message: "Third key",
      });
    const first = await commit("third", signer.publicKey);
    const number = await carl.openPullRequest({
      repository: registryRepository,
      head: `${people.contributor}:third`,
      title: "Third key",
    });
    await pollUntil("its hold", async () => (await seeVerdict(view, first)) === "hold", waitFor);
    const other = await createSigner({ name: "Swapped key", email: "swapped@acme.example" });
    // The swap arrives just before the approval of the first commit is read.
    const swapped = await carl.commit({
      repository,
      branch: "third",
      files: { [path]: other.publicKey },
      message: "A better key",
    });
    await sandbox
      .as(people.maintainer)
      .review({ repository: registryRepository, number, event: "APPROVE", commitId: first });
    await pollUntil("the hold of the new commit", async () => (await seeVerdict(view, swapped)) === "hold", waitFor);
    await sandbox.idle();
    await pollUntil("the end of all work", () => stage.registrar.pending() === 0, waitFor);
    expect((await find(/^Third key/))?.merged).toBe(false);
    expect(sandbox.violations).toEqual([]);
  });
});
