import { describe, expect, it } from "vitest";
import { dispatchInputs } from "../../src/tasks/dispatch-publication.ts";
import type { PublishableTree } from "../../src/tasks/publishable-tree.ts";
import { parseWithheld } from "../../src/tasks/withheld-text.ts";

const path = "providers/acme/dns.json";

/** A tree of one record, with commits that are kept back. */
function publishable(id: string, changes: { commit?: string; withheld?: PublishableTree["withheld"] } = {}) {
  const { commit = "a".repeat(40), withheld = [] } = changes;
  const files = [{ path, mode: "100644", size: 2, id }];
  return { tree: { commit, files, read: () => expect.unreachable("Names are enough.") }, state: "", withheld };
}

describe("dispatchInputs", () => {
  it("name the commit and what is kept back, and the state by what is published alone", async () => {
    const withheld = [{ commit: "b".repeat(40), paths: [path] }];
    const inputs = await dispatchInputs(publishable("1", { withheld }));
    expect(inputs.commit).toBe("a".repeat(40));
    expect(parseWithheld(inputs.withheld)).toEqual(withheld);
    expect(inputs.state).toMatch(/^[0-9a-f]{32}$/);
    const { state } = await dispatchInputs(publishable("1", { commit: "c".repeat(40) }));
    expect(state).toBe(inputs.state);
    expect((await dispatchInputs(publishable("2"))).state).not.toBe(inputs.state);
  });

  it("refuse what GitHub would not carry: less would publish what is kept back", async () => {
    const paths = Array.from({ length: 2_000 }, (_, index) => `providers/acme/provider-number-${index}.json`);
    const withheld = [{ commit: "b".repeat(40), paths }];
    await expect(dispatchInputs(publishable("1", { withheld }))).rejects.toMatchObject({
      ...{ code: "workflow-refused", message: expect.stringMatching(/The workflow is not dispatched/) },
    });
  });
});
