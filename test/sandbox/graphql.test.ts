import { Octokit } from "@octokit/rest";
import { describe, expect, it } from "vitest";
import { aRegistry, caller, jwt, querier } from "./support.ts";

const ACME = `repository(owner: "acme", name: "registry")`;

/** An author's repository with three releases, one of them a pre-release, and an annotated tag. */
async function anUpstream() {
  const fixture = await aRegistry();
  const { sandbox, token } = fixture;
  await sandbox.createRepository({
    owner: "olga",
    name: "terraform-provider-dns",
    files: { "go.mod": "module dns\n", logo: Buffer.from([1, 0, 2]) },
    license: "MPL-2.0",
  });
  const repository = "olga/terraform-provider-dns";
  const olga = sandbox.as("olga");
  const history = [
    ["v1.0.0", "2024-01-01T00:00:00Z"],
    ["v1.1.0", "2024-02-01T00:00:00Z"],
    ["v2.0.0-rc1", "2024-03-01T00:00:00Z"],
  ] as const;
  for (const [tag, publishedAt] of history) {
    const prerelease = tag.includes("rc");
    const annotated = tag === "v1.1.0";
    const assets = [{ name: `${tag}.zip`, bytes: tag }];
    await olga.release({ repository, tag, publishedAt, silent: true, prerelease, annotated, assets });
  }
  return { ...fixture, repository, olga, ask: querier(sandbox, token) };
}

const UPSTREAM = `repository(owner: "olga", name: "terraform-provider-dns")`;

describe("when a sweep asks", () => {
  it("answers everything it asks of a repository", async () => {
    const { sandbox, ask } = await anUpstream();
    const { status, json } = await ask(`query {
      rateLimit { cost limit remaining resetAt used nodeCount }
      one: ${UPSTREAM} {
        databaseId nameWithOwner url isPrivate isArchived
        owner { __typename login ... on User { databaseId } ... on Organization { databaseId } }
        releases(first: 5, orderBy: { field: CREATED_AT, direction: DESC }) {
          totalCount pageInfo { hasNextPage endCursor }
          nodes { databaseId tagName name isDraft isPrerelease isLatest createdAt publishedAt updatedAt url }
        }
        refs(refPrefix: "refs/tags/", first: 5, orderBy: { field: ALPHABETICAL, direction: ASC }) {
          totalCount pageInfo { hasNextPage }
          nodes { name target { __typename oid ... on Tag { target { oid __typename } tagger { date } } ... on Commit { committedDate } } }
        }
        defaultBranchRef { name target { oid } }
        object(expression: "HEAD:go.mod") { ... on Blob { text oid byteSize isBinary isTruncated } }
      }
    }`);
    expect(status).toBe(200);
    expect(json.errors).toBeUndefined();
    const { one, rateLimit } = json.data;
    expect(rateLimit).toMatchObject({ cost: 1, limit: 5000, remaining: 4999, used: 1, nodeCount: 10 });
    expect(Date.parse(rateLimit.resetAt)).toBeGreaterThan(Date.now());
    const rest = caller(sandbox);
    const repository = (await rest("GET /repos/olga/terraform-provider-dns")).json;
    expect(one).toMatchObject({
      databaseId: repository.id,
      nameWithOwner: "olga/terraform-provider-dns",
      url: repository.html_url,
      isPrivate: false,
      isArchived: false,
      owner: { __typename: "User", login: "olga", databaseId: repository.owner.id },
      object: { text: "module dns\n", byteSize: 11, isBinary: false, isTruncated: false },
      defaultBranchRef: { name: "main" },
    });
    const releases = (await rest("GET /repos/olga/terraform-provider-dns/releases")).json;
    const newest = { tagName: "v2.0.0-rc1", isPrerelease: true, isLatest: false, isDraft: false };
    expect(one.releases).toMatchObject({
      totalCount: 3,
      pageInfo: { hasNextPage: false },
      nodes: [newest, { tagName: "v1.1.0", isLatest: true }, { tagName: "v1.0.0" }],
    });
    expect(
      one.releases.nodes.map(({ databaseId, url, publishedAt }: Record<string, unknown>) => [
        databaseId,
        url,
        publishedAt,
      ]),
    ).toEqual(releases.map(({ id, html_url, published_at }: Record<string, unknown>) => [id, html_url, published_at]));
    const commit = one.defaultBranchRef.target.oid;
    expect(one.refs).toMatchObject({
      totalCount: 3,
      nodes: [
        { name: "v1.0.0", target: { __typename: "Commit", oid: commit } },
        { name: "v1.1.0", target: { __typename: "Tag", target: { oid: commit, __typename: "Commit" } } },
        { name: "v2.0.0-rc1" },
      ],
    });
    expect(one.refs.nodes[1].target.oid).not.toBe(commit);
    expect(sandbox.violations).toEqual([]);
  });

  it("takes a hundred aliases in one query for one point, and records it as one reading request", async () => {
    const { sandbox, ask } = await anUpstream();
    const aliases = Array.from(
      { length: 100 },
      (_, index) => `r${index}: ${UPSTREAM} { databaseId releases(first: 5) { nodes { tagName } } }`,
    );
    const { json, headers } = await ask(`{ rateLimit { cost nodeCount } ${aliases.join("\n")} }`);
    expect(Object.keys(json.data)).toHaveLength(101);
    expect(json.data.r99.releases.nodes).toHaveLength(3);
    expect(json.data.rateLimit).toEqual({ cost: 1, nodeCount: 500 });
    expect(headers.get("x-ratelimit-resource")).toBe("graphql");
    expect(sandbox.requests.at(-1)).toMatchObject({
      kind: "api",
      method: "POST",
      path: "/api/graphql",
      actor: "registrar[bot]",
      write: false,
      graphql: { cost: 1, aliases: 100 },
    });
  });

  it("answers Octokit, which finds the address by itself", async () => {
    const { sandbox, token } = await anUpstream();
    const octokit = new Octokit({ auth: token, baseUrl: sandbox.apiUrl });
    const answer = await octokit.graphql(
      `query($owner: String!) { viewer { login } repositoryOwner(login: $owner) { login } }`,
      {
        owner: "olga",
      },
    );
    expect(answer).toEqual({ viewer: { login: "registrar[bot]" }, repositoryOwner: { login: "olga" } });
    await expect(octokit.graphql(`{ repository(owner: "no", name: "one") { id } }`)).rejects.toMatchObject({
      name: "GraphqlResponseError",
      errors: [{ type: "NOT_FOUND" }],
      data: { repository: null },
    });
  });

  it("counts connections, not aliases: both of releases and tags cost two points for a hundred", async () => {
    const { ask } = await anUpstream();
    const cost = async (fields: string, times = 100) => {
      const aliases = Array.from({ length: times }, (_, index) => `r${index}: ${UPSTREAM} { ${fields} }`);
      const { json } = await ask(`{ rateLimit { cost nodeCount } ${aliases.join("\n")} }`);
      return json.data.rateLimit;
    };
    expect(await cost("id")).toEqual({ cost: 1, nodeCount: 0 });
    const tags = `refs(refPrefix: "refs/tags/", first: 10) { totalCount nodes { name } }`;
    expect(await cost(`releases(first: 5) { nodes { id } } ${tags}`)).toEqual({ cost: 2, nodeCount: 1500 });
    // One request for the releases and one for the assets of each: 6 for every alias.
    const assets = `releases(first: 5) { nodes { releaseAssets(first: 30) { nodes { name } } } }`;
    expect(await cost(assets)).toEqual({ cost: 6, nodeCount: 15_500 });
    expect(await cost(assets, 1)).toEqual({ cost: 1, nodeCount: 155 });
  });
});

describe("when a list is read page by page", () => {
  it("follows the cursor, forwards and backwards, whatever came in between", async () => {
    const { ask, olga, repository } = await anUpstream();
    const page = async (range: string) =>
      (
        await ask(`{ ${UPSTREAM} { releases(${range}, orderBy: { field: CREATED_AT, direction: DESC }) {
        totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes { tagName } edges { cursor node { tagName } } } } }`)
      ).json.data.repository.releases;
    const first = await page("first: 2");
    expect(first.nodes.map(({ tagName }: { tagName: string }) => tagName)).toEqual(["v2.0.0-rc1", "v1.1.0"]);
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    expect(first.edges[1].cursor).toBe(first.pageInfo.endCursor);
    await olga.release({ repository, tag: "v2.0.0", assets: [] });
    const second = await page(`first: 2, after: "${first.pageInfo.endCursor}"`);
    expect(second).toMatchObject({ totalCount: 4, nodes: [{ tagName: "v1.0.0" }], pageInfo: { hasNextPage: false } });
    const last = await page(`last: 1, before: "${second.pageInfo.startCursor}"`);
    expect(last).toMatchObject({ nodes: [{ tagName: "v1.1.0" }], pageInfo: { hasPreviousPage: true } });
    expect((await page("first: 100")).nodes).toHaveLength(4);
  });

  it("refuses a cursor that it never gave", async () => {
    const { ask } = await anUpstream();
    const { json } = await ask(`{ ${UPSTREAM} { releases(first: 1, after: "made up") { totalCount } } }`);
    expect(json.errors).toMatchObject([{ type: "INVALID_CURSOR_ARGUMENTS", path: ["repository", "releases"] }]);
  });

  it("orders tags by the date of the commit, so a tag put on an old commit is old, and finds them by text", async () => {
    const { sandbox, ask, olga, repository } = await anUpstream();
    const first = (await caller(sandbox)(`GET /repos/${repository}/git/ref/heads/main`)).json.object.sha;
    const put = async (path: string, date: string) =>
      (
        await caller(sandbox, olga.token)(`PUT /repos/${repository}/contents/${path}`, {
          body: { message: path, content: "", committer: { name: "o", email: "o@x", date } },
        })
      ).json.commit.sha;
    const newer = await put("b", "2035-01-01T00:00:00Z");
    await put("c", "2036-01-01T00:00:00Z");
    await olga.createTag({ repository, tag: "a-new", target: "main" });
    await olga.createTag({ repository, tag: "b-middle", target: newer, annotated: true });
    await olga.createTag({ repository, tag: "z-old", target: first });
    const tags = async (more: string) =>
      (
        await ask(
          `{ ${UPSTREAM} { refs(refPrefix: "refs/tags/", first: 10, ${more}) { totalCount nodes { name prefix } } } }`,
        )
      ).json.data.repository.refs;
    const names = ({ nodes }: { nodes: { name: string }[] }) => nodes.map(({ name }) => name);
    const dated = names(await tags("orderBy: { field: TAG_COMMIT_DATE, direction: DESC }"));
    expect(dated.slice(0, 3)).toEqual(["a-new", "b-middle", "z-old"]);
    const alphabetical = names(await tags("orderBy: { field: ALPHABETICAL, direction: DESC }"));
    expect(alphabetical[0]).toBe("z-old");
    expect(await tags(`query: "-O"`)).toMatchObject({
      totalCount: 1,
      nodes: [{ name: "z-old", prefix: "refs/tags/" }],
    });
  });
});

describe("when something is not there, or not for everybody", () => {
  it("names the alias that was not found and answers the others", async () => {
    const { sandbox, ask } = await anUpstream();
    const { json, status } = await ask(`{
      a: repository(owner: "nobody", name: "nothing") { id }
      b: ${UPSTREAM} { nameWithOwner release(tagName: "v9") { id } ref(qualifiedName: "refs/tags/v9") { name } object(expression: "v9:x") { id } }
    }`);
    expect(status).toBe(200);
    expect(json).toEqual({
      data: {
        a: null,
        b: { nameWithOwner: "olga/terraform-provider-dns", release: null, ref: null, object: null },
      },
      errors: [
        {
          type: "NOT_FOUND",
          path: ["a"],
          locations: [{ line: 2, column: 7 }],
          message: "Could not resolve to a Repository with the name 'nobody/nothing'.",
        },
      ],
    });
    expect(sandbox.violations).toEqual([]);
  });

  it("does not tell a private repository from none, except to who may see it", async () => {
    const { sandbox, ask } = await anUpstream();
    await sandbox.createRepository({ owner: "mona", name: "secret", private: true });
    const query = `{ repository(owner: "mona", name: "secret") { isPrivate visibility releases(first: 1) { totalCount } } }`;
    expect((await ask(query)).json.errors).toMatchObject([{ type: "NOT_FOUND" }]);
    const hers = await querier(sandbox, sandbox.as("mona").token)(query);
    expect(hers.json.data.repository).toMatchObject({ isPrivate: true, visibility: "PRIVATE" });
  });

  it("forbids what the app was not given, in its place", async () => {
    const { sandbox, asApp, ask } = await anUpstream();
    await sandbox.createRepository({ owner: "acme", name: "inner", private: true });
    const app = await sandbox.createApp({ name: "Meta", slug: "meta", permissions: { issues: "read" }, events: [] });
    const { id } = sandbox.installApp(app, { account: "acme", repositories: "all" });
    const made = await caller(sandbox, jwt(app))(`POST /app/installations/${id}/access_tokens`);
    const query = `{ repository(owner: "acme", name: "inner") { databaseId releases(first: 1) { totalCount } } }`;
    const { json } = await querier(sandbox, made.json.token)(query);
    expect(json.errors).toMatchObject([
      {
        type: "FORBIDDEN",
        path: ["repository", "releases"],
        extensions: { saml_failure: false },
        message: "Resource not accessible by integration",
      },
    ]);
    expect(json.data.repository).toBeNull();
    expect((await ask(query)).json.errors).toMatchObject([{ type: "NOT_FOUND" }]);
    expect((await asApp("GET /rate_limit")).json.resources.graphql.used).toBe(1);
  });

  it("follows a rename by default, and not when told", async () => {
    const { sandbox, ask } = await anUpstream();
    const { id } = sandbox.renameRepository("olga/terraform-provider-dns", "terraform-provider-names");
    const { json } = await ask(`{ a: ${UPSTREAM} { databaseId nameWithOwner }
      b: repository(owner: "olga", name: "terraform-provider-dns", followRenames: false) { id } }`);
    expect(json.data).toEqual({ a: { databaseId: id, nameWithOwner: "olga/terraform-provider-names" }, b: null });
    expect(json.errors).toMatchObject([{ type: "NOT_FOUND", path: ["b"] }]);
  });

  it("shows drafts to those who can push", async () => {
    const { sandbox, ask, olga, repository } = await anUpstream();
    await olga.release({ repository, tag: "v3.0.0", draft: true, assets: [] });
    await sandbox.as("mona").release({ repository: "acme/registry", tag: "v1", draft: true, assets: [] });
    const query = (name: string) => `{ ${name} { releases(first: 9) { totalCount nodes { isDraft } } } }`;
    const total = async (asking: typeof ask, name: string) =>
      (await asking(query(name))).json.data.repository.releases.totalCount;
    expect(await total(ask, UPSTREAM)).toBe(3);
    expect(await total(querier(sandbox, olga.token), UPSTREAM)).toBe(4);
    expect(await total(querier(sandbox, olga.token), ACME)).toBe(0);
    expect(await total(ask, ACME)).toBe(1);
  });

  it("tells binary files and large ones from texts", async () => {
    const { ask, olga, repository } = await anUpstream();
    await olga.commit({ repository, branch: "main", files: { large: "x".repeat(600_000) }, message: "large" });
    const { json } = await ask(`{ ${UPSTREAM} {
      logo: object(expression: "main:logo") { ... on Blob { isBinary text byteSize } }
      large: object(expression: "main:large") { ... on Blob { isTruncated text byteSize } }
      root: object(expression: "main:") { ... on Tree { entries { name type mode path size object { oid } } } }
      commit: object(expression: "main") { __typename ... on Commit { messageHeadline tree { oid } author { name } } }
    } }`);
    const { logo, large, root, commit } = json.data.repository;
    expect(logo).toEqual({ isBinary: true, text: null, byteSize: 3 });
    expect([large.isTruncated, large.byteSize, large.text.length]).toEqual([true, 600_000, 512_000]);
    expect(root.entries[0]).toMatchObject({ name: "go.mod", type: "blob", mode: 0o100644, path: "go.mod", size: 11 });
    expect(commit).toMatchObject({ __typename: "Commit", messageHeadline: "large", author: { name: "olga" } });
  });
});

describe("when GitHub would not take the query", () => {
  const refusals: [string, string, object, object][] = [
    [
      "a field that its schema does not have",
      `{ ${ACME} { immutable } }`,
      {},
      {
        path: ["query", "repository", "immutable"],
        extensions: { code: "undefinedField", typeName: "Repository", fieldName: "immutable" },
        message: "Field 'immutable' doesn't exist on type 'Repository'",
      },
    ],
    [
      "an argument that does not exist",
      `query Q { ${ACME} { releases(firts: 1) { totalCount } } }`,
      {},
      {
        path: ["query Q", "repository", "releases", "firts"],
        message: "Field 'releases' doesn't accept argument 'firts'",
      },
    ],
    [
      "a missing argument",
      `{ repository(owner: "acme") { id } }`,
      {},
      { message: "Field 'repository' is missing required arguments: name" },
    ],
    ["a missing selection", `{ ${ACME} }`, {}, { extensions: { code: "selectionMismatch" } }],
    ["a syntax error", `{ repository( `, {}, { message: expect.stringContaining("Syntax Error") }],
    [
      "a variable of the wrong type",
      `query($n: Int!) { ${ACME} { releases(first: $n) { totalCount } } }`,
      { n: "five" },
      { message: "Variable $n was provided invalid value" },
    ],
    [
      "a page of more than 100",
      `query($n: Int!) { x: ${ACME} { releases(first: $n) { nodes { id } } } }`,
      { n: 101 },
      {
        type: "EXCESSIVE_PAGINATION",
        path: ["x", "releases"],
        message: "Requesting 101 records on the `releases` connection exceeds the `first` limit of 100 records.",
      },
    ],
    [
      "a list without a page",
      `{ ${ACME} { releases { nodes { id } } } }`,
      {},
      { type: "MISSING_PAGINATION_BOUNDARIES" },
    ],
    [
      "more than half a million nodes",
      `{ ${Array.from({ length: 51 }, (_, index) => `r${index}: ${ACME} { ...All }`).join(" ")} }
       fragment All on Repository { releases(first: 100) { nodes { releaseAssets(first: 100) { nodes { name } } } } }`,
      {},
      { type: "MAX_NODE_LIMIT_EXCEEDED", message: expect.stringContaining("515,100 possible nodes") },
    ],
  ];
  it.each(refusals)("refuses %s in GitHub's words, and records it", async (_, query, variables, problem) => {
    const { sandbox, token } = await aRegistry();
    const { status, json } = await querier(sandbox, token)(query, variables);
    expect(status).toBe(200);
    expect(json.data).toBeUndefined();
    expect(json.errors).toMatchObject([problem]);
    expect(sandbox.violations).toHaveLength(1);
    expect(sandbox.violations[0]).toContain(json.errors[0].message);
  });

  it("allows what @skip leaves out, and a total without a page", async () => {
    const { sandbox, token } = await aRegistry();
    const query = `query($no: Boolean!) { ${ACME} { releases { totalCount } refs(refPrefix: "refs/tags/") @skip(if: $no) { nodes { name } } } }`;
    const { json } = await querier(sandbox, token)(query, { no: true });
    expect(json).toEqual({ data: { repository: { releases: { totalCount: 0 } } } });
    expect(sandbox.violations).toEqual([]);
  });
});

describe("when the sandbox does not know what GitHub knows", () => {
  const cases = [
    [`{ ${ACME} { id stargazerCount } }`, "the sandbox does not know the field Repository.stargazerCount"],
    [
      `{ ${ACME} { refs(refPrefix: "refs/tags/", first: 1) { nodes { target { ... on Commit { additions } } } } } }`,
      "the sandbox does not know the field Commit.additions",
    ],
    [`{ ${ACME} { owner { avatarUrl } } }`, "the sandbox does not know the field RepositoryOwner.avatarUrl"],
    [`{ rateLimit(dryRun: true) { cost } }`, "the sandbox does not know the argument dryRun of Query.rateLimit"],
    [
      `mutation { addStar(input: { starrableId: "x" }) { clientMutationId } }`,
      "the sandbox knows queries only, not a mutation",
    ],
  ] as const;
  it.each(cases)("fails loudly for %s", async (query, message) => {
    const { sandbox, token } = await aRegistry();
    const { json } = await querier(sandbox, token)(query);
    expect(json).toEqual({ errors: [{ message }] });
    expect(sandbox.violations).toEqual([`POST /api/graphql: ${message}`]);
  });
});

describe("when it is asked who asks", () => {
  it("wants a token, and one that it knows", async () => {
    const { sandbox, app } = await aRegistry();
    const anonymous = await querier(sandbox)("{ viewer { login } }");
    expect(anonymous.status).toBe(401);
    expect(anonymous.json.message).toBe("This endpoint requires you to be authenticated.");
    expect((await querier(sandbox, "ghs_wrong")("{ viewer { login } }")).json.message).toBe("Bad credentials");
    expect((await querier(sandbox, jwt(app))("{ viewer { login } }")).status).toBe(401);
    const mona = await querier(sandbox, sandbox.as("mona").token)("{ viewer { __typename login } }");
    expect(mona.json.data.viewer).toEqual({ __typename: "User", login: "mona" });
    expect(sandbox.violations).toEqual([]);
  });

  it("wants a query", async () => {
    const { sandbox, token } = await aRegistry();
    const answer = await fetch(`${sandbox.serverUrl}/api/graphql`, {
      method: "POST",
      headers: { authorization: `bearer ${token}` },
      body: "{}",
    });
    expect(answer.status).toBe(400);
    expect(sandbox.violations).toHaveLength(1);
  });
});

describe("when points are counted", () => {
  it("has a purse of its own beside the REST API's, and says when it is empty", async () => {
    const { sandbox, asApp, ask } = await anUpstream();
    // Ten lists below each of a hundred releases are 1,001 requests: 50 aliases cost 501 points.
    const lists = Array.from({ length: 10 }, (_, index) => `l${index}: releaseAssets { totalCount }`).join(" ");
    const many = Array.from(
      { length: 50 },
      (_, index) => `r${index}: ${UPSTREAM} { releases(first: 100) { nodes { ${lists} } } }`,
    );
    const query = `{ rateLimit { cost remaining } ${many.join(" ")} }`;
    for (let spent = 501; spent < 5000; spent += 501) {
      expect((await ask(query)).json.data.rateLimit).toEqual({ cost: 501, remaining: 5000 - spent });
    }
    const refused = await ask(query);
    expect(refused.status).toBe(200);
    expect(refused.json.errors).toMatchObject([{ type: "RATE_LIMITED" }]);
    expect(refused.json.data).toBeUndefined();
    expect(refused.headers.get("x-ratelimit-remaining")).toBe("491");
    const { core, graphql } = (await asApp("GET /rate_limit")).json.resources;
    expect(graphql).toMatchObject({ limit: 5000, used: 4509, remaining: 491 });
    expect(core.used).toBe(0);
    expect(sandbox.violations).toEqual([]);
  });

  it("does not space queries as it spaces writes", async () => {
    const { sandbox, token } = await aRegistry({ writeSpacingMs: 60_000 });
    const ask = querier(sandbox, token);
    for (let index = 0; index < 3; index += 1) expect((await ask("{ viewer { login } }")).json.errors).toBeUndefined();
  });
});
