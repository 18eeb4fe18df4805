import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { aFolder, aRegistry, git } from "./support.ts";

const REPO = "/repos/acme/registry";
const ZERO = "0".repeat(40);

describe("when a commit is built by hand", () => {
  it("makes blob, tree, commit and branch, and reads them back", async () => {
    const { sandbox, asApp } = await aRegistry();
    const main = (await asApp(`GET ${REPO}/git/ref/heads/main`)).json.object.sha;
    const base = (await asApp(`GET ${REPO}/git/commits/${main}`)).json;
    const blob = (await asApp(`POST ${REPO}/git/blobs`, { body: { content: "aGk=", encoding: "base64" } })).json;
    const tree = await asApp(`POST ${REPO}/git/trees`, {
      body: {
        base_tree: base.tree.sha,
        tree: [
          { path: "a/b/hi.txt", mode: "100644", type: "blob", sha: blob.sha },
          { path: "a/inline.txt", mode: "100755", type: "blob", content: "inline\n" },
          { path: "providers/acme/one.json", mode: "100644", type: "blob", sha: null },
        ],
      },
    });
    expect(tree.status).toBe(201);
    const commit = await asApp(`POST ${REPO}/git/commits`, {
      body: {
        message: "By hand\n\nWith a body.",
        tree: tree.json.sha,
        parents: [main],
        author: { name: "Ann <x>", email: "ann@example.com", date: "2024-02-03T04:05:06Z" },
      },
    });
    expect(commit.json.author).toEqual({ name: "Ann x", email: "ann@example.com", date: "2024-02-03T04:05:06Z" });
    const ref = await asApp(`POST ${REPO}/git/refs`, { body: { ref: "refs/heads/a/b", sha: commit.json.sha } });
    expect(ref.status).toBe(201);
    const whole = (await asApp(`GET ${REPO}/git/trees/${commit.json.sha}?recursive=1`)).json;
    const paths = whole.tree.map((entry: { path: string; mode: string }) => `${entry.mode} ${entry.path}`);
    // The folder of the file that went is gone with it.
    expect(paths).toEqual(["100644 README.md", "040000 a", "040000 a/b", "100644 a/b/hi.txt", "100755 a/inline.txt"]);
    expect(sandbox.violations).toEqual([]);
  });

  it("keeps repositories that git itself finds sound", async () => {
    const folder = await aFolder();
    const { sandbox, asApp } = await aRegistry({ folder });
    const mona = sandbox.as("mona");
    const files = Object.fromEntries(
      Array.from({ length: 150 }, (_, index) => [`p/${index % 7}/${index}.json`, `${index}`]),
    );
    await mona.commit({ repository: "acme/registry", branch: "many", files, message: "Many" });
    await mona.commit({
      repository: "acme/registry",
      branch: "many",
      files: { "p/1": null, "p/2/2.json": null },
      message: "Less",
    });
    await mona.release({ repository: "acme/registry", tag: "v1", annotated: true, assets: [] });
    const tree = (await asApp(`GET ${REPO}/git/trees/many?recursive=1`)).json.tree;
    expect(tree.filter(({ path }: { path: string }) => path.startsWith("p/1"))).toEqual([]);
    const [repository = ""] = await readdir(join(folder, "repositories"));
    const bare = join(folder, "repositories", repository);
    // What waits in memory reaches the disk when git itself is asked.
    await asApp(`GET ${REPO}/compare/main...many`);
    const listed = (await git(bare, "ls-tree", "-r", "-t", "--format=%(objectmode) %(path) %(objectsize)", "many"))
      .stdout;
    const line = ({ mode, path, size = "-" }: Record<string, string>) => `${mode} ${path} ${size}\n`;
    expect(tree.map(line).join("")).toBe(listed);
    expect(await git(bare, "fsck", "--strict", "--no-dangling")).toMatchObject({ code: 0, stdout: "" });
  });

  const refusals: [string, string, unknown, number, RegExp][] = [
    ["a branch that exists", "POST /git/refs", { ref: "refs/heads/main", sha: "HEAD" }, 422, /already exists/],
    ["a ref without refs/", "POST /git/refs", { ref: "heads/x", sha: "HEAD" }, 422, /must start with 'refs\/'/],
    ["an unknown object", "POST /git/refs", { ref: "refs/heads/x", sha: "a".repeat(40) }, 422, /Object does not exist/],
    ["an unknown tree", "POST /git/commits", { message: "x", tree: "b".repeat(40) }, 422, /Tree SHA does not exist/],
    [
      "a path that leaves",
      "POST /git/trees",
      { tree: [{ path: "../x", mode: "100644", type: "blob", content: "" }] },
      422,
      /malformed path/,
    ],
    ["an update of no ref", "PATCH /git/refs/heads/none", { sha: "HEAD" }, 422, /Reference does not exist/],
    ["an unknown base tree", "POST /git/trees", { base_tree: ZERO, tree: [] }, 422, /base_tree/],
  ];
  it.each(refusals)("refuses %s", async (_, name, body, status, message) => {
    const { sandbox, asApp } = await aRegistry();
    const main = (await asApp(`GET ${REPO}/git/ref/heads/main`)).json.object.sha;
    const real = JSON.parse(JSON.stringify(body).replace('"HEAD"', `"${main}"`));
    const answer = await asApp(name.replace(" ", ` ${REPO}`), { body: real });
    expect(answer.status).toBe(status);
    expect(answer.json.message).toMatch(message);
    expect(sandbox.violations).toEqual([]);
  });

  it("moves a branch back by force only", async () => {
    const { sandbox, asApp } = await aRegistry();
    const mona = sandbox.as("mona");
    const first = await mona.commit({ repository: "acme/registry", branch: "b", files: { x: "1" }, message: "1" });
    await mona.commit({ repository: "acme/registry", branch: "b", files: { x: "2" }, message: "2" });
    const gentle = await asApp(`PATCH ${REPO}/git/refs/heads/b`, { body: { sha: first } });
    expect(gentle.status).toBe(422);
    expect(gentle.json.message).toBe("Update is not a fast forward");
    expect((await asApp(`PATCH ${REPO}/git/refs/heads/b`, { body: { sha: first, force: true } })).status).toBe(200);
    expect((await asApp(`DELETE ${REPO}/git/refs/heads/b`)).status).toBe(204);
    expect((await asApp(`GET ${REPO}/git/ref/heads/b`)).status).toBe(404);
    expect(sandbox.violations).toEqual([]);
  });
});

describe("when refs are read", () => {
  it("finds by prefix, and a single one exactly", async () => {
    const { sandbox, asApp } = await aRegistry();
    const mona = sandbox.as("mona");
    for (const branch of ["feature-a", "feature-b", "other"]) {
      await mona.commit({ repository: "acme/registry", branch, files: { [branch]: "" }, message: branch });
    }
    const found = (await asApp(`GET ${REPO}/git/matching-refs/heads/feature`)).json;
    expect(found.map(({ ref }: { ref: string }) => ref)).toEqual(["refs/heads/feature-a", "refs/heads/feature-b"]);
    expect((await asApp(`GET ${REPO}/git/ref/heads/feature`)).status).toBe(404);
    expect((await asApp(`GET ${REPO}/git/ref/heads%2Ffeature-a`)).status).toBe(200);
    expect((await asApp(`GET ${REPO}/git/ref/../../../config`)).status).toBe(404);
    expect(sandbox.violations.filter((text) => !text.includes("config"))).toEqual([]);
  });

  it("gives an annotated tag as a tag object that points to the commit", async () => {
    const { sandbox, asApp } = await aRegistry();
    const release = await sandbox
      .as("mona")
      .release({ repository: "acme/registry", tag: "v1.0.0", annotated: true, assets: [] });
    const ref = (await asApp(`GET ${REPO}/git/ref/tags/v1.0.0`)).json;
    expect(ref.object.type).toBe("tag");
    const tag = (await asApp(`GET ${REPO}/git/tags/${ref.object.sha}`)).json;
    expect(tag.object).toMatchObject({ type: "commit", sha: release.commit });
    expect((await asApp(`GET ${REPO}/tags`)).json[0]).toMatchObject({
      name: "v1.0.0",
      commit: { sha: release.commit },
    });
    expect(sandbox.violations).toEqual([]);
  });
});

describe("when two ends are compared", () => {
  it("counts, lists commits and files with blob and previous name", async () => {
    const { sandbox, asApp } = await aRegistry();
    const mona = sandbox.as("mona");
    const text = Array.from({ length: 30 }, (_, index) => `line ${index}\n`).join("");
    await mona.commit({ repository: "acme/registry", branch: "main", files: { "old.txt": text }, message: "old" });
    await mona.commit({
      repository: "acme/registry",
      branch: "side",
      files: { "old.txt": null, "new name.txt": text, "README.md": "changed\n" },
      message: "move",
    });
    await mona.commit({ repository: "acme/registry", branch: "main", files: { "later.txt": "" }, message: "later" });
    const { json } = await asApp(`GET ${REPO}/compare/main...side`);
    expect(json).toMatchObject({ status: "diverged", ahead_by: 1, behind_by: 1, total_commits: 1 });
    expect(json.merge_base_commit.commit.message).toBe("old");
    const byName = Object.fromEntries(json.files.map((file: { filename: string }) => [file.filename, file]));
    expect(byName["new name.txt"]).toMatchObject({ status: "renamed", previous_filename: "old.txt", changes: 0 });
    expect(byName["README.md"]).toMatchObject({ status: "modified", additions: 1, deletions: 1 });
    expect(byName["README.md"].patch).toBe("@@ -1 +1 @@\n-# Registry\n+changed");
    const blob = (await asApp(`GET ${REPO}/git/blobs/${byName["README.md"].sha}`)).json;
    expect(Buffer.from(blob.content, "base64").toString()).toBe("changed\n");
    expect((await asApp(`GET ${REPO}/compare/main...nowhere`)).status).toBe(404);
    expect(sandbox.violations).toEqual([]);
  });

  it("reads a fork's commits through its parent", async () => {
    const { sandbox, asApp } = await aRegistry();
    const olga = sandbox.as("olga");
    await olga.fork("acme/registry");
    const sha = await olga.commit({ repository: "olga/registry", branch: "mine", files: { y: "y" }, message: "y" });
    expect((await asApp(`GET ${REPO}/git/commits/${sha}`)).status).toBe(200);
    expect((await asApp(`GET ${REPO}/compare/main...olga:mine`)).json.ahead_by).toBe(1);
    expect((await asApp(`GET ${REPO}/git/ref/heads/mine`)).status).toBe(404);
    expect((await asApp(`GET ${REPO}/git/commits/main`)).status).toBe(404);
    expect(sandbox.violations).toEqual([]);
  });
});
