import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { aFolder, aListener, aSandbox, git, type Received, withToken } from "./support.ts";

const MODULE = "olga/terraform-aws-vpc";

/** An author with a module, who has installed the second app: it only reads, and hears of tags. */
async function anAuthor({
  events = ["create", "delete", "push"],
  permissions = { contents: "read" },
}: {
  events?: string[];
  permissions?: Record<string, string>;
} = {}) {
  const listener = await aListener();
  const sandbox = await aSandbox();
  const { id } = sandbox.createAccount({ login: "olga" });
  const app = await sandbox.createApp({
    name: "Notifier",
    slug: "notifier",
    permissions,
    events,
    webhook: { url: listener.url, secret: "s" },
  });
  const repository = await sandbox.createRepository({
    owner: "olga",
    name: "terraform-aws-vpc",
    files: { "main.tf": "# one\n" },
    description: "A module",
  });
  const installation = sandbox.installApp(app, { account: "olga", repositories: "all" }).id;
  const heard = async (): Promise<Received[]> => {
    await sandbox.idle();
    return listener.received.splice(0);
  };
  return { sandbox, repository, heard, olga: sandbox.as("olga"), olgaId: id, installation };
}

const names = (received: readonly Received[]) => received.map(({ event, payload }) => `${event} ${payload.ref}`).sort();

/** The author's own clone, with a second commit that is not pushed yet. */
async function aClone({ sandbox, olga }: Awaited<ReturnType<typeof anAuthor>>) {
  const folder = await aFolder();
  await git(folder, "clone", "-q", withToken(sandbox, MODULE, olga.token), ".");
  await writeFile(join(folder, "main.tf"), "# two\n");
  await git(folder, "commit", "-q", "-a", "-m", "Two");
  const sha = (await git(folder, "rev-parse", "HEAD")).stdout.trim();
  return { folder, sha, run: (...args: string[]) => git(folder, ...args) };
}

describe("when an author tags a module", () => {
  it("tells the app that a tag was created, with what GitHub sends", async () => {
    const { olga, olgaId, heard, installation, repository } = await anAuthor();
    const sha = await olga.createTag({ repository: MODULE, tag: "v1.0.0" });
    const received = await heard();
    expect(names(received)).toEqual(["create v1.0.0", "push refs/tags/v1.0.0"]);
    const create = received.find(({ event }) => event === "create");
    expect(create?.payload).toEqual({
      ref: "v1.0.0",
      ref_type: "tag",
      master_branch: "main",
      description: "A module",
      pusher_type: "user",
      repository: expect.objectContaining({ id: repository.id, full_name: MODULE, private: false }),
      sender: expect.objectContaining({ login: "olga", id: olgaId, type: "User" }),
      installation: { id: installation, node_id: expect.any(String) },
    });
    const push = received.find(({ event }) => event === "push");
    expect(push?.payload).toMatchObject({ after: sha, created: true, head_commit: { id: sha }, commits: [] });
  });

  it("tells of an annotated tag with the tag's own SHA, and of one that moved as a push alone", async () => {
    const { olga, heard } = await anAuthor();
    const tag = await olga.createTag({ repository: MODULE, tag: "v1.0.0", annotated: true });
    const push = (await heard()).find(({ event }) => event === "push")?.payload;
    expect(push.after).toBe(tag);
    expect(push.head_commit.id).not.toBe(tag);
    const to = await olga.commit({
      repository: MODULE,
      branch: "main",
      files: { "main.tf": "# two\n" },
      message: "Two",
    });
    await heard();
    await olga.moveTag({ repository: MODULE, tag: "v1.0.0", to });
    const moved = await heard();
    expect(names(moved)).toEqual(["push refs/tags/v1.0.0"]);
    expect(moved[0]?.payload).toMatchObject({ before: tag, after: to, created: false, deleted: false });
  });

  it("tells when a tag is gone", async () => {
    const { olga, heard } = await anAuthor();
    await olga.createTag({ repository: MODULE, tag: "v1.0.0" });
    await heard();
    await olga.deleteTag({ repository: MODULE, tag: "v1.0.0" });
    const received = await heard();
    expect(names(received)).toEqual(["delete v1.0.0", "push refs/tags/v1.0.0"]);
    const gone = received.find(({ event }) => event === "delete")?.payload;
    expect(gone).toMatchObject({ ref_type: "tag", pusher_type: "user", sender: { login: "olga" } });
    await expect(olga.deleteTag({ repository: MODULE, tag: "v1.0.0" })).rejects.toThrow("has no refs/tags/v1.0.0");
  });

  it.each([
    ["does not subscribe", { events: ["release"] }],
    ["may not read contents", { permissions: { metadata: "read" } }],
  ])("tells nothing to an app that %s", async (_, app) => {
    const { olga, heard } = await anAuthor(app);
    await olga.createTag({ repository: MODULE, tag: "v1.0.0" });
    await olga.deleteTag({ repository: MODULE, tag: "v1.0.0" });
    expect(await heard()).toEqual([]);
  });
});

describe("when an author pushes tags with git", () => {
  it("tells of up to three at once", async () => {
    const fixture = await anAuthor();
    const { run, sha } = await aClone(fixture);
    for (const tag of ["v1.0.0", "v1.1.0"]) await run("tag", tag);
    await run("tag", "-a", "-m", "Two", "v2.0.0");
    expect((await run("push", "-q", "origin", "--tags")).code).toBe(0);
    const received = await fixture.heard();
    const tags = ["v1.0.0", "v1.1.0", "v2.0.0"];
    expect(names(received)).toEqual([
      ...tags.map((tag) => `create ${tag}`),
      ...tags.map((tag) => `push refs/tags/${tag}`),
    ]);
    for (const { event, payload } of received) {
      expect(payload.sender.login).toBe("olga");
      if (event === "push") expect(payload.head_commit.id).toBe(sha);
      else expect(payload).toMatchObject({ ref_type: "tag", repository: { full_name: MODULE } });
    }
    expect((await run("push", "-q", "origin", ":v1.0.0", ":v1.1.0")).code).toBe(0);
    expect(names(await fixture.heard())).toEqual([
      "delete v1.0.0",
      "delete v1.1.0",
      "push refs/tags/v1.0.0",
      "push refs/tags/v1.1.0",
    ]);
  });

  it("tells nothing of more than three at once, made or removed, but of the branch beside them", async () => {
    const fixture = await anAuthor();
    const { run } = await aClone(fixture);
    const tags = ["a", "b", "c", "d"];
    for (const tag of tags) await run("tag", tag);
    expect((await run("push", "-q", "origin", "HEAD:main", "--tags")).code).toBe(0);
    expect(names(await fixture.heard())).toEqual(["push refs/heads/main"]);
    expect((await run("push", "-q", "origin", ...tags.map((tag) => `:${tag}`))).code).toBe(0);
    expect(await fixture.heard()).toEqual([]);
  });
});

describe("when terraform fetches a module", () => {
  it.each(["", ".git"])(
    "clones without a token from the address with the ending %j, at any commit that a tag reaches",
    async (ending) => {
      const fixture = await anAuthor();
      const { run, sha } = await aClone(fixture);
      const before = (await run("rev-parse", "HEAD~1")).stdout.trim();
      // On no branch: the tag alone holds it.
      await run("tag", "-a", "-m", "Two", "v2.0.0");
      expect((await run("push", "-q", "origin", "v2.0.0")).code).toBe(0);
      const folder = await aFolder();
      const url = `${fixture.sandbox.serverUrl}/${MODULE}${ending}`;
      expect((await git(folder, "clone", "-q", "--no-checkout", url, ".")).code).toBe(0);
      for (const [commit, text] of [
        [sha, "# two\n"],
        [before, "# one\n"],
        ["v2.0.0", "# two\n"],
      ] as const) {
        expect((await git(folder, "checkout", "-q", commit)).code).toBe(0);
        expect((await git(folder, "show", "HEAD:main.tf")).stdout).toBe(text);
      }
      expect(fixture.sandbox.violations).toEqual([]);
    },
  );

  it("fetches one commit alone, as for a shallow module", async () => {
    const fixture = await anAuthor();
    const { run, sha } = await aClone(fixture);
    await run("push", "-q", "origin", "HEAD:refs/tags/v2.0.0");
    const folder = await aFolder();
    await git(folder, "init", "-q");
    const url = `${fixture.sandbox.serverUrl}/${MODULE}`;
    expect((await git(folder, "fetch", "-q", "--depth=1", url, sha)).code).toBe(0);
    expect((await git(folder, "show", "FETCH_HEAD:main.tf")).stdout).toBe("# two\n");
  });
});
