import { describe, expect, it } from "vitest";
import { buildModuleVersion } from "../../src/upstream/build-module-version.ts";
import { rebuildVersion } from "../../src/upstream/rebuild-version.ts";
import { missing, release, releasedAt, unavailable } from "../support/builders/release.ts";
import { tag, taggedCommit } from "../support/builders/tag.ts";

describe("buildModuleVersion", () => {
  it.each(["v1.1.0", "1.1.0", "v2.0.0-rc.1"])("writes the tag %s as it is, its commit and its date", (name) => {
    expect(buildModuleVersion(tag(name).evidence)).toEqual({
      kind: "built",
      version: { version: name, commit: taggedCommit, published: releasedAt },
    });
  });

  it("leaves out a date that the tag does not say", () => {
    const { evidence } = tag("v1.1.0").withTag({ publishedAt: null });
    expect(buildModuleVersion(evidence)).toEqual({
      kind: "built",
      version: { version: "v1.1.0", commit: taggedCommit },
    });
  });

  it.each([missing("There is no such tag."), unavailable])(
    "is impossible without the tag, for its reason",
    (reading) => {
      const { evidence } = tag("v1.1.0").with({ tag: reading });
      expect(buildModuleVersion(evidence)).toEqual({ kind: "impossible", reason: reading.reason });
    },
  );
});

describe("rebuildVersion", () => {
  const [provider, module] = [release("1.1.0"), tag("v1.1.0")];

  it("builds what the address is of", () => {
    expect(rebuildVersion(provider.evidence, provider.address)).toMatchObject({ version: { release_id: 9000 } });
    expect(rebuildVersion(module.evidence, module.address)).toMatchObject({ version: { commit: taggedCommit } });
  });

  it("builds nothing from evidence of the other kind", () => {
    expect(rebuildVersion(provider.evidence, module.address).kind).toBe("impossible");
    expect(rebuildVersion(module.evidence, provider.address).kind).toBe("impossible");
  });
});
