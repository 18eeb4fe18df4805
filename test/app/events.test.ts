import { describe, expect, it } from "vitest";
import { jobsOfAuthorEvent, jobsOfRegistryEvent } from "../../src/app/events.ts";
import type { Job } from "../../src/jobs/job.ts";
import type { JsonObject } from "../../src/registry/json.ts";

const repository = { full_name: "example/registry", default_branch: "main" };
const jobs = (name: string, payload: JsonObject): readonly Job[] =>
  jobsOfRegistryEvent({ name, id: "d1", payload: { repository, ...payload } }, "example/registry");

describe("pull requests", () => {
  it.each(["opened", "reopened", "synchronize", "ready_for_review", "converted_to_draft"])(
    "one that is %s is reviewed",
    (action) => {
      expect(jobs("pull_request", { action, pull_request: { number: 7 } })).toEqual([{ kind: "review", number: 7 }]);
    },
  );

  it("an edit counts when it changes the base, and only then", () => {
    const edited = (changes: JsonObject) =>
      jobs("pull_request", { action: "edited", pull_request: { number: 7 }, changes });
    expect(edited({ base: { ref: { from: "other" } } })).toEqual([{ kind: "review", number: 7 }]);
    expect(edited({ title: { from: "Other" } })).toEqual([]);
    expect(jobs("pull_request", { action: "edited", pull_request: { number: 7 } })).toEqual([]);
  });

  it.each(["closed", "labeled", "assigned", "review_requested", ""])("one that is %s asks for nothing", (action) => {
    expect(jobs("pull_request", { action, pull_request: { number: 7 } })).toEqual([]);
  });

  it("our own are reviewed like anybody's", () => {
    const sender = { login: "registrar[bot]", type: "Bot" };
    expect(jobs("pull_request", { action: "opened", pull_request: { number: 7 }, sender })).toHaveLength(1);
  });

  it("a person's review is looked at, a bot's is not: ours would only make us look at what we have just decided", () => {
    const review = (type: string) =>
      jobs("pull_request_review", { action: "submitted", pull_request: { number: 7 }, sender: { type } });
    expect(review("User")).toEqual([{ kind: "review", number: 7 }]);
    expect(review("Bot")).toEqual([]);
  });
});

describe("checks that are to run again", () => {
  const rerequested = (name: string, check: JsonObject) => jobs(name, { action: "rerequested", [name]: check });

  const head_sha = "a".repeat(40);

  it.each(["check_run", "check_suite"])(
    "name their commit: GitHub lists no pull request from a fork in a %s",
    (name) => {
      expect(rerequested(name, { head_sha, external_id: "7:digest", pull_requests: [] })).toEqual([
        { kind: "rerun", headSha: head_sha },
      ]);
      expect(rerequested(name, { head_sha: "../x" })).toEqual([]);
      expect(rerequested(name, {})).toEqual([]);
    },
  );

  it.each(["created", "completed", "requested"])("%s asks for nothing", (action) => {
    expect(jobs("check_run", { action, check_run: { head_sha } })).toEqual([]);
  });
});

describe("comments", () => {
  const commented = (body: string, more: JsonObject = {}) =>
    jobs("issue_comment", { action: "created", issue: { number: 7 }, comment: { body }, ...more });

  it.each(["/registrar stop", "Thanks!\r\n/registrar", "> quoted\n/registrar\tstop"])(
    "%j may hold commands",
    (body) => {
      expect(commented(body)).toEqual([{ kind: "commands", number: 7 }]);
    },
  );

  it.each(["", "hello", "/registrarx stop", "> /registrar stop", "see /registrar stop"])("%j holds none", (body) => {
    expect(commented(body)).toEqual([]);
  });

  it("count as they were created, and not from bots", () => {
    expect(commented("/registrar stop", { action: "edited" })).toEqual([]);
    expect(commented("/registrar stop", { action: "deleted" })).toEqual([]);
    expect(commented("/registrar stop", { sender: { type: "Bot" } })).toEqual([]);
    expect(commented("/registrar stop", { issue: { number: -1 } })).toEqual([]);
  });
});

describe("pushes", () => {
  const commit = (...modified: string[]) => ({ added: [], removed: [], modified });
  const push = (commits: JsonObject["x"], more: JsonObject = {}) =>
    jobs("push", { ref: "refs/heads/main", after: "a1", commits: commits ?? null, ...more });

  it("to the default branch that touch the registry publish it and are inspected", () => {
    const commits = [commit("README.md", "providers/acme/dns.json"), commit("keys/acme/a.asc")];
    expect(push(commits)).toEqual([
      { kind: "publish" },
      { kind: "inspect-push", commit: "a1", paths: ["providers/acme/dns.json", "keys/acme/a.asc"] },
    ]);
  });

  it.each(["modules/acme/network/aws.json", ".github/registrar.yml", "keys/acme/dns/a.asc"])("%s counts", (path) => {
    expect(push([commit(path)])).toHaveLength(2);
  });

  it.each(["README.md", "docs/providers/x.md", ".github/registrar.yml.old", ".github/workflows/x.yml", "key"])(
    "%s does not",
    (path) => {
      expect(push([commit(path)])).toEqual([]);
    },
  );

  it("what is added and what is removed counts as well", () => {
    expect(push([{ added: ["providers/acme/a.json"] }])).toHaveLength(2);
    expect(push([{ removed: ["providers/acme/a.json"] }])).toHaveLength(2);
  });

  it("to other branches, to tags and deletions ask for nothing", () => {
    const commits = [commit("providers/acme/dns.json")];
    expect(push(commits, { ref: "refs/heads/other" })).toEqual([]);
    expect(push(commits, { ref: "refs/tags/main" })).toEqual([]);
    expect(push(commits, { deleted: true })).toEqual([]);
  });

  it.each([
    ["without a list", null, {}],
    ["with an empty list", [], {}],
    ["with as many commits as GitHub lists at most", Array.from({ length: 20 }, () => commit("README.md")), {}],
    ["by force, which may also take commits away", [commit("README.md")], { forced: true }],
  ])("%s may have touched anything", (_what, commits, more) => {
    expect(push(commits, more)).toEqual([{ kind: "publish" }, { kind: "inspect-push", commit: "a1", paths: [] }]);
  });

  it("of an odd form lose nothing of what is in order", () => {
    const odd = [null, 5, "x", [], { added: null, modified: [null, 5, { a: 1 }], removed: "providers/x.json" }];
    expect(push([...odd, commit("providers/acme/dns.json")])).toEqual([
      { kind: "publish" },
      { kind: "inspect-push", commit: "a1", paths: ["providers/acme/dns.json"] },
    ]);
    expect(push(odd)).toEqual([]);
  });
});

describe("jobsOfAuthorEvent", () => {
  const released = (payload: JsonObject, name = "release") => jobsOfAuthorEvent({ name, id: "d1", payload });
  const upstream = { full_name: "Acme/terraform-provider-dns", id: 77 };

  it.each(["published", "released", "prereleased", "edited"])("a release that is %s is noticed", (action) => {
    expect(released({ action, repository: upstream, release: { tag_name: "v1.2.0" } })).toEqual([
      { kind: "notice-release", repository: "Acme/terraform-provider-dns", repositoryId: 77, tag: "v1.2.0" },
    ]);
  });

  it("a tag that is pushed is noticed, a branch is not", () => {
    const created = (ref_type: string) => released({ ref_type, ref: "v1.2.0", repository: upstream }, "create");
    expect(created("tag")).toEqual([
      { kind: "notice-release", repository: "Acme/terraform-provider-dns", repositoryId: 77, tag: "v1.2.0" },
    ]);
    expect(created("branch")).toEqual([]);
    expect(released({ ref_type: "tag", ref: 5, repository: upstream }, "create")).toEqual([
      { kind: "notice-release", repository: "Acme/terraform-provider-dns", repositoryId: 77, tag: null },
    ]);
  });

  it.each(["created", "deleted", "unpublished"])("one that is %s is not", (action) => {
    expect(released({ action, repository: upstream, release: { tag_name: "v1.2.0" } })).toEqual([]);
  });

  it("a tag that is no text, or none, is no hint", () => {
    for (const tag_name of [null, 5, "", undefined]) {
      const release: JsonObject = tag_name === undefined ? {} : { tag_name };
      expect(released({ action: "published", repository: upstream, release })).toMatchObject([{ tag: null }]);
    }
    const long = { tag_name: "v".repeat(10_000) };
    expect(released({ action: "published", repository: upstream, release: long })).toMatchObject([
      { tag: "v".repeat(256) },
    ]);
  });

  it("other events ask for nothing", () => {
    expect(released({ action: "published", repository: upstream, release: {} }, "push")).toEqual([]);
    expect(released({ action: "created", repository: upstream }, "installation")).toEqual([]);
  });
});
