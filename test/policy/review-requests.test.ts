import { describe, expect, it } from "vitest";
import { turnLabels } from "../../src/policy/messages.ts";
import { planReview } from "../../src/policy/plan.ts";
import { areToBeAsked, chooseReviewers } from "../../src/policy/review-requests.ts";
import { registry } from "../support/builders/registry.ts";
import { release } from "../support/builders/release.ts";
import { decisions, story } from "../support/builders/story.ts";

const people = [1, 2, 3, 4].map((id) => ({ id, login: `m${id}` }));

describe("chooseReviewers", () => {
  it("asks a few, and not always the same", () => {
    const asked = [1, 2, 3, 4].map((number) => chooseReviewers({ number, maintainers: people, interested: [] }));
    expect(asked.map((logins) => logins.length)).toEqual([2, 2, 2, 2]);
    expect(new Set(asked.flat())).toEqual(new Set(["m1", "m2", "m3", "m4"]));
  });

  it("asks the same ones again for the same pull request, in whatever order they are listed", () => {
    const one = chooseReviewers({ number: 7, maintainers: people, interested: [] });
    expect(chooseReviewers({ number: 7, maintainers: people.toReversed(), interested: [] })).toEqual(one);
  });

  it("asks nobody whose approval would not count", () => {
    for (let number = 1; number < 9; number += 1) {
      expect(chooseReviewers({ number, maintainers: people, interested: [1, 3] }).toSorted()).toEqual(["m2", "m4"]);
    }
    expect(chooseReviewers({ number: 1, maintainers: people, interested: [1, 2, 3, 4] })).toEqual([]);
    expect(chooseReviewers({ number: 1, maintainers: [], interested: [] })).toEqual([]);
  });
});

describe("areToBeAsked", () => {
  type Asked = Parameters<typeof areToBeAsked>[0];
  const pull = (more: Partial<Asked>) => ({ labels: [], requestedReviewers: [], ...more }) as unknown as Asked;

  it("says so when their turn begins, and not while they are asked or the label is there", () => {
    expect(areToBeAsked(pull({}))).toBe(true);
    expect(areToBeAsked(pull({ labels: ["bug", turnLabels.author.name] }))).toBe(true);
    expect(areToBeAsked(pull({ labels: [turnLabels.maintainer.name.toUpperCase()] }))).toBe(false);
    expect(areToBeAsked(pull({ requestedReviewers: ["mia"] }))).toBe(false);
  });
});

describe("planReview", () => {
  const world = registry().adding(release("1.0.0"));
  const kinds = (decision: Parameters<typeof story>[1], reviewers: readonly string[]) =>
    planReview(story(world, decision, { reviewers })).map(({ kind }) => kind);

  it("asks before the label says whose turn it is: the label shows that they were asked", () => {
    const plan = kinds(decisions["ask-maintainers"], ["mia"]);
    expect(plan).toContain("request-reviews");
    expect(plan.indexOf("request-reviews")).toBeLessThan(plan.indexOf("label"));
  });

  it("asks nobody where approving does not help, and where nothing waits for them", () => {
    expect(kinds({ kind: "ask-maintainers", liftable: false }, ["mia"])).not.toContain("request-reviews");
    for (const decision of Object.values(decisions).filter(({ kind }) => kind !== "ask-maintainers"))
      expect(kinds(decision, ["mia"])).not.toContain("request-reviews");
    expect(kinds(decisions["ask-maintainers"], [])).not.toContain("request-reviews");
  });
});
