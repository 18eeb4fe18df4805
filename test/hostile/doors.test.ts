import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { checkDelivery } from "../../src/app/delivery.ts";
import { jobsOfAuthorEvent, jobsOfRegistryEvent } from "../../src/app/events.ts";
import { MemoryQueue } from "../../src/jobs/memory-queue.ts";
import { defaultSettings } from "../../src/registry/settings.ts";
import { recordsOfRepository } from "../../src/tasks/notice-release.ts";
import type { RegistryIndex } from "../../src/tasks/registry-index.ts";

const secret = "a secret";

function delivery(payload: unknown, { key = secret, body = JSON.stringify(payload) } = {}) {
  const signature = `sha256=${createHmac("sha256", key).update(body).digest("hex")}`;
  const headers = { "x-hub-signature-256": signature, "x-github-event": "push", "x-github-delivery": "1" };
  return checkDelivery({ headers, body }, secret);
}

describe("the webhook door", () => {
  it("takes nothing that is signed with another secret, or not at all", async () => {
    expect(await delivery({}, { key: "another" })).toMatchObject({ ok: false, status: 401 });
    expect(await checkDelivery({ headers: {}, body: "{}" }, secret)).toMatchObject({ ok: false, status: 401 });
    for (const signature of ["", "sha256=", "sha256=zz", "sha1=00", `sha256=${"0".repeat(64)}`, "é".repeat(71)]) {
      const headers = { "x-hub-signature-256": signature, "x-github-event": "push", "x-github-delivery": "1" };
      expect(await checkDelivery({ headers, body: "{}" }, secret)).toMatchObject({ ok: false, status: 401 });
    }
  });

  // A push event carries the messages of all its commits, a release event the release's notes: anybody's words.
  it("takes what GitHub has signed, whatever character somebody wrote into a commit message", async () => {
    expect(await delivery({ commits: [{ message: "Add 1.2.0 \uFFFD" }] })).toMatchObject({ ok: true });
  });

  it("takes every payload that GitHub sends, up to 25 MB", async () => {
    expect(await delivery({ text: "x".repeat(17 * 1024 * 1024) })).toMatchObject({ ok: true });
  });
});

describe("events", () => {
  const push = (commits: unknown) =>
    jobsOfRegistryEvent(
      {
        name: "push",
        id: "1",
        payload: {
          ref: "refs/heads/main",
          after: "a".repeat(40),
          repository: { full_name: "example/registry", default_branch: "main" },
          commits,
        } as never,
      },
      "example/registry",
    );

  it.each(
    [null, 1, "x", {}, [], [{}], [null], [{ added: 1 }], [{ added: [null, 1, {}] }]].map((commits) => ({ commits })),
  )("of odd types end in no crash: $commits", ({ commits }) => {
    expect(() => push(commits)).not.toThrow();
  });

  it("with as many commits as GitHub lists at most are taken for incomplete", () => {
    const commits = Array.from({ length: 2048 }, () => ({ added: ["README.md"], modified: [], removed: [] }));
    expect(push(commits)).toContainEqual({ kind: "publish" });
  });

  it.each([
    ["other/registry", "opened"],
    ["example/registry-2", "opened"],
    ["example/registry", "labeled"],
  ])("of %s (%s) ask for nothing", (full_name, action) => {
    const payload = { action, repository: { full_name }, pull_request: { number: 1 } };
    expect(jobsOfRegistryEvent({ name: "pull_request", id: "1", payload }, "example/registry")).toEqual([]);
  });

  it.each([-1, 0, 1.5, "1", null, 2 ** 60])("with the number %j ask for nothing", (number) => {
    const payload = { action: "opened", repository: { full_name: "example/registry" }, pull_request: { number } };
    expect(jobsOfRegistryEvent({ name: "pull_request", id: "1", payload }, "example/registry")).toEqual([]);
  });

  it.each(["acme", "acme/x/y", "acme/../x", "a b/c", "acme/x\n", "acme/\u202Ex"])(
    "of the odd repository %j ask for nothing",
    (full_name) => {
      const payload = { action: "published", repository: { full_name }, release: { tag_name: "v1" } };
      expect(jobsOfAuthorEvent({ name: "release", id: "1", payload })).toEqual([]);
    },
  );
});

describe("releases of repositories that no record comes from", () => {
  it("cost no request each", async () => {
    let requests = 0;
    const readIndex = async (): Promise<RegistryIndex> => {
      requests += 1;
      return { commit: "tip", settings: defaultSettings, configurationProblems: [], records: [] };
    };
    const stranger = { repository: "mallory/terraform-provider-x", repositoryId: 666 };
    for (let times = 0; times < 10; times += 1)
      await recordsOfRepository({ readIndex, now: () => new Date() }, stranger);
    expect(requests).toBeLessThan(3);
  });
});

describe("slow work", () => {
  it("for one pull request after another does not keep the others waiting", async () => {
    let done = false;
    let release: () => void = () => {};
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    const queue = new MemoryQueue({
      handler: async (job) => {
        if (job.kind === "review" && job.number < 5) await slow;
        else done = true;
        return { lookAgain: null };
      },
      onEvent: () => {},
    });
    try {
      // Each of these may download archives for ten minutes, one after the other.
      for (let number = 1; number <= 5; number += 1) await queue.send({ kind: "review", number });
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(done).toBe(true);
    } finally {
      release();
      await queue.stop();
    }
  });
});
