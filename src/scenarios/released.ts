import type { ReleaseWish } from "./author.ts";
import type { Scenario } from "./scenario.ts";

/** Scenarios in which an author just cuts a release, well or not. */
function released(
  scenario: Pick<Scenario, "name" | "title" | "act" | "expected"> & {
    readonly wish: ReleaseWish;
    readonly client?: Scenario["client"];
  },
): Scenario {
  const { wish, client = { asks: wish.version, installs: scenario.expected.merged }, ...rest } = scenario;
  return {
    ...rest,
    version: wish.version,
    client,
    play: async (_stage, author) => {
      const startedAt = Date.now();
      return { startedAt, release: await author.cutRelease(wish) };
    },
  };
}

export const good = released({
  name: "good",
  title: "a correct release becomes an installed provider",
  act: "acme cuts the signed release v1.2.0",
  expected: { verdict: "pass", merged: true },
  wish: { version: "1.2.0" },
});

export const badChecksum = released({
  name: "bad-checksum",
  title: "an archive was replaced after SHA256SUMS had been signed",
  act: "acme cuts v1.2.0, and one archive is not the one that was signed",
  expected: { verdict: "fail", merged: false },
  wish: { version: "1.2.0", tamper: "checksum" },
});

export const badSignature = released({
  name: "bad-signature",
  title: "the signature does not verify",
  act: "acme cuts v1.2.0 with a broken signature",
  expected: { verdict: "fail", merged: false },
  wish: { version: "1.2.0", tamper: "signature" },
});

export const unknownKey = released({
  name: "unknown-key",
  title: "the release is signed with a key that the registry does not know",
  act: "acme cuts v1.2.0, signed with a key that nobody has registered",
  expected: { verdict: "hold", merged: false },
  wish: { version: "1.2.0", key: "unknown" },
});

export const notSemver = released({
  name: "not-semver",
  title: "the version is not SemVer, which would make every version uninstallable",
  act: "acme cuts a release with the tag v1.2",
  expected: { verdict: "fail", merged: false },
  wish: { version: "1.2" },
  // One such version in the list would make all others uninstallable.
  client: { asks: "1.1.0", installs: true },
});
