import { describe, expect, it } from "vitest";
import { outcomes, worstOutcome } from "../../src/registry/finding.ts";

const of = (...list: (typeof outcomes)[number][]) => worstOutcome(list.map((outcome) => ({ outcome })));

describe("worstOutcome", () => {
  it("is fail before retry before hold before pass", () => {
    expect(outcomes).toEqual(["fail", "retry", "hold", "pass"]);
    expect(of("pass", "hold", "retry", "fail")).toBe("fail");
    expect(of("pass", "hold", "retry")).toBe("retry");
    expect(of("hold", "pass")).toBe("hold");
    expect(of("pass", "pass")).toBe("pass");
  });

  it("is never pass with something among them that is no outcome", () => {
    const odd = { outcome: "weird" as "pass" };
    expect(worstOutcome([odd])).toBe("retry");
    expect(worstOutcome([{ outcome: "pass" }, odd])).toBe("retry");
    expect(worstOutcome([{ outcome: "fail" }, odd])).toBe("fail");
  });

  it("of none is pass", () => {
    expect(of()).toBe("pass");
  });
});
