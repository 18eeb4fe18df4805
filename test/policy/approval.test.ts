import { describe, expect, it } from "vitest";
import type { Review } from "../../src/github/port.ts";
import { type ApprovalFacts, findApproval, passedOver } from "../../src/policy/approval.ts";

const head = "a".repeat(40);
const maintainer = { id: 7, login: "mia", isBot: false };

const approval = (changes: Partial<Review> = {}): Review => ({
  reviewer: maintainer,
  state: "APPROVED",
  body: "",
  headSha: head,
  submittedAt: "2026-01-02T10:00:05Z",
  ...changes,
});

const facts = (changes: Partial<ApprovalFacts> = {}): ApprovalFacts => ({
  headSha: head,
  reviews: [approval()],
  maintainers: [7],
  interested: [1],
  verdictPostedAt: "2026-01-02T10:00:00Z",
  ...changes,
});

describe("findApproval", () => {
  it("finds a maintainer's approval of the judged head after its verdict", () => {
    expect(findApproval(facts())).toBe("mia");
  });

  it.each<[string, Partial<ApprovalFacts>]>([
    ["there is no review", { reviews: [] }],
    ["no verdict on this head and these inputs is posted", { verdictPostedAt: null }],
    ["it came before the verdict", { reviews: [approval({ submittedAt: "2026-01-02T09:59:59Z" })] }],
    ["it has no readable time", { reviews: [approval({ submittedAt: "" })] }],
    ["it is for another commit", { reviews: [approval({ headSha: "b".repeat(40) })] }],
    ["its commit is gone", { reviews: [approval({ headSha: null })] }],
    ["the reviewer is no maintainer now", { maintainers: [] }],
    ["only somebody else is a maintainer", { maintainers: [8] }],
    ["the reviewer opened the pull request or wrote its head", { interested: [1, 7] }],
    ["the reviewer is a bot", { reviews: [approval({ reviewer: { ...maintainer, isBot: true } })] }],
    ["it is a comment", { reviews: [approval({ state: "COMMENTED" })] }],
    ["it was dismissed", { reviews: [approval({ state: "DISMISSED" })] }],
    ["the same person asked for changes later", { reviews: [approval(), approval({ state: "CHANGES_REQUESTED" })] }],
    ["it was dismissed later", { reviews: [approval(), approval({ state: "DISMISSED" })] }],
  ])("finds none when %s", (_when, changes) => {
    expect(findApproval(facts(changes))).toBeNull();
  });

  it("takes a later comment for no change of mind", () => {
    expect(findApproval(facts({ reviews: [approval(), approval({ state: "COMMENTED" })] }))).toBe("mia");
  });

  it("takes the last word where somebody changed their mind", () => {
    expect(findApproval(facts({ reviews: [approval({ state: "CHANGES_REQUESTED" }), approval()] }))).toBe("mia");
  });
});

describe("passedOver", () => {
  it.each<[ReturnType<typeof passedOver>[number]["because"], Partial<ApprovalFacts>]>([
    ["bot", { reviews: [approval({ reviewer: { ...maintainer, isBot: true } })] }],
    ["author", { interested: [7] }],
    ["committer", { interested: [1, 7] }],
    ["rights", { maintainers: [] }],
    ["old-head", { reviews: [approval({ headSha: null })] }],
    ["old-verdict", { verdictPostedAt: null }],
    ["old-verdict", { reviews: [approval({ submittedAt: "2026-01-02T10:00:00Z" })] }],
  ])("names an approval that lifts nothing: %s", (because, changes) => {
    expect(passedOver(facts(changes))).toEqual([{ login: "mia", because }]);
    expect(findApproval(facts(changes))).toBeNull();
  });

  it("names nobody whose last word is another, and not the one that counts", () => {
    expect(passedOver(facts())).toEqual([]);
    expect(passedOver(facts({ reviews: [approval(), approval({ state: "DISMISSED" })] }))).toEqual([]);
  });
});
