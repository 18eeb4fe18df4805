import { describe, expect, it } from "vitest";
import { aFolder, aListener, aRegistry, aSandbox, caller, querier, git as runGit } from "./support.ts";

describe("when many repositories are seeded", () => {
  it("makes history, tags and releases, dated as told, and tells nobody", async () => {
    const listener = await aListener();
    const webhook = { url: listener.url, secret: "s" };
    const { sandbox, app, token } = await aRegistry({ events: ["push", "create", "release"], webhook });
    sandbox.createAccount({ login: "authors", type: "Organization" });
    sandbox.installApp(app, { account: "authors", repositories: "all" });
    const [repository] = await sandbox.seed([
      {
        owner: "authors",
        name: "terraform-provider-dns",
        files: { a: "1" },
        history: [
          { date: "2023-01-01T00:00:00Z", tag: "v1.0.0", release: { assets: [{ name: "one.zip", bytes: "one" }] } },
          { date: "2024-01-01T00:00:00Z", files: { a: "2" }, message: "Two", tag: "v2.0.0", annotated: true },
          { date: "2025-01-01T00:00:00Z", files: { a: "3" } },
          { date: "2025-02-01T00:00:00Z", tag: "v3.0.0", release: { draft: true } },
        ],
      },
      { owner: "authors", name: "plain" },
    ]);
    await sandbox.idle();
    expect(listener.received).toEqual([]);
    const rest = caller(sandbox, token);
    const REPO = "/repos/authors/terraform-provider-dns";
    expect((await rest(`GET ${REPO}`)).json).toMatchObject({
      id: repository?.id,
      created_at: "2023-01-01T00:00:00Z",
      pushed_at: "2025-02-01T00:00:00Z",
    });
    const commits = (await rest(`GET ${REPO}/commits`)).json;
    expect(
      commits.map(({ commit }: { commit: { message: string; committer: { date: string } } }) => [
        commit.message,
        commit.committer.date,
      ]),
    ).toEqual([
      ["Change", "2025-01-01T00:00:00Z"],
      ["Two", "2024-01-01T00:00:00Z"],
      ["Initial commit", "2023-01-01T00:00:00Z"],
    ]);
    const tags = (await rest(`GET ${REPO}/tags`)).json;
    expect(tags).toMatchObject([
      { name: "v2.0.0", commit: { sha: commits[1].sha } },
      { name: "v1.0.0", commit: { sha: commits[2].sha } },
    ]);
    expect((await rest(`GET ${REPO}/git/ref/tags/v2.0.0`)).json.object.type).toBe("tag");
    const drafts = caller(sandbox, sandbox.as("authors").token);
    expect((await drafts(`GET ${REPO}/releases`)).json).toMatchObject([
      { tag_name: "v3.0.0", draft: true },
      { tag_name: "v1.0.0", published_at: "2023-01-01T00:00:00Z", assets: [{ name: "one.zip", size: 3 }] },
    ]);
    const folder = await aFolder();
    expect((await runGit(folder, "clone", "-q", repository?.cloneUrl ?? "", ".")).code).toBe(0);
    expect((await runGit(folder, "show", "v2.0.0:a")).stdout).toBe("2");
    expect(sandbox.violations).toEqual([]);
  });

  it("needs a tag for a release", async () => {
    const sandbox = await aSandbox();
    sandbox.createAccount({ login: "olga" });
    const history = [{ date: "2024-01-01T00:00:00Z", release: {} }];
    await expect(sandbox.seed([{ owner: "olga", name: "x", history }])).rejects.toThrow("has no tag");
  });

  it("is quick: three hundred upstreams and a registry of them, and a sweep over all", async () => {
    const sandbox = await aSandbox();
    sandbox.createAccount({ login: "authors", type: "Organization" });
    const names = Array.from({ length: 300 }, (_, index) => `terraform-provider-p${index}`);
    const started = process.cpuUsage();
    const records = Object.fromEntries(names.map((name) => [`providers/authors/${name}.json`, `{"of": "${name}"}\n`]));
    await sandbox.createRepository({ owner: "authors", name: "registry", files: records });
    const history = ["1.0.0", "1.1.0", "2.0.0"].map((version, index) => ({
      date: `202${index}-01-01T00:00:00Z`,
      files: { version },
      tag: `v${version}`,
      release: { assets: ["a.zip", "SHA256SUMS", "SHA256SUMS.sig"].map((name) => ({ name, bytes: name + version })) },
    }));
    await sandbox.seed(names.map((name) => ({ owner: "authors", name, history })));
    // Time of the processor, which does not grow when the machine has other things to do.
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1000).toBeLessThan(5_000);
    const ask = querier(sandbox, sandbox.as("authors").token);
    for (const first of [0, 100, 200]) {
      const aliases = names
        .slice(first, first + 100)
        .map((name, index) => `r${index}: repository(owner: "authors", name: "${name}") { ...Seen }`);
      const newest = "first: 1, orderBy: { field: CREATED_AT, direction: DESC }";
      const seen = `fragment Seen on Repository { releases(${newest}) { totalCount nodes { tagName } } }`;
      const { json } = await ask(`{ rateLimit { cost } ${aliases.join(" ")} } ${seen}`);
      expect(json.data.rateLimit.cost).toBe(1);
      expect(json.data.r99.releases).toEqual({ totalCount: 3, nodes: [{ tagName: "v2.0.0" }] });
    }
    expect(sandbox.violations).toEqual([]);
  });
});
