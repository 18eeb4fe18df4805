import { describe, expect, it } from "vitest";
import { type Job, jobKey, sameJob } from "../../src/jobs/job.ts";

describe("jobKey", () => {
  it.each<[string, Job, Job]>([
    [
      "two looks at one record, whatever tag an event named",
      { kind: "bump", path: "providers/acme/dns.json", tag: "v1.2.0" },
      { kind: "bump", path: "providers/acme/dns.json", tag: null },
    ],
    [
      "two pushes",
      { kind: "inspect-push", commit: "a", paths: [] },
      { kind: "inspect-push", commit: "b", paths: ["keys/acme/a.asc"] },
    ],
    [
      "one repository in two spellings",
      { kind: "notice-release", repository: "Acme/Terraform-Provider-DNS", repositoryId: null, tag: null },
      { kind: "notice-release", repository: "acme/terraform-provider-dns", repositoryId: null, tag: "v1" },
    ],
    [
      "two last words on one pull request",
      { kind: "announce", number: 1, body: "a", branch: null },
      { kind: "announce", number: 1, body: "b", branch: "c" },
    ],
  ])("is the same for %s", (_what, a, b) => {
    expect(jobKey(a)).toBe(jobKey(b));
  });

  it("differs for everything that may go on side by side", () => {
    const jobs: readonly Job[] = [
      { kind: "review", number: 1 },
      { kind: "review", number: 11 },
      { kind: "announce", number: 1, body: "", branch: null },
      { kind: "bump", path: "providers/acme/dns.json", tag: null },
      { kind: "bump", path: "providers/acme/dnssec.json", tag: null },
      { kind: "notice-release", repository: "acme/a", repositoryId: null, tag: null },
      { kind: "notice-release", repository: "acme/b", repositoryId: null, tag: null },
      { kind: "inspect-push", commit: "a", paths: [] },
      { kind: "publish" },
    ];
    expect(new Set(jobs.map(jobKey)).size).toBe(jobs.length);
  });
});

describe("sameJob", () => {
  it("compares content", () => {
    expect(sameJob({ kind: "review", number: 1 }, { kind: "review", number: 1 })).toBe(true);
    expect(sameJob({ kind: "review", number: 1 }, { kind: "review", number: 2 })).toBe(false);
    expect(sameJob({ kind: "bump", path: "a", tag: null }, { kind: "bump", path: "a", tag: "v1" })).toBe(false);
  });
});
