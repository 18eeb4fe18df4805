import type { ReleaseWish } from "./author.ts";
import { authorOf, awaitPullRequest, dns } from "./casting.ts";
import { pushToMain } from "./push-to-main.ts";
import type { Scenario, Show } from "./scenario.ts";

/** Scenarios in which an author just cuts a release, well or not. */
export function released(
  scenario: Pick<Scenario, "name" | "title" | "expected" | "ownerBypasses" | "pushes"> & {
    /** Before it. */
    readonly before?: (show: Show) => Promise<unknown>;
    /** What happens, as a step that people read. */
    readonly act: string;
    readonly wish: ReleaseWish;
    readonly client?: Scenario["client"];
  },
): Scenario {
  const {
    wish,
    act: what,
    before,
    client = { asks: wish.version, installs: scenario.expected.merged },
    ...rest
  } = scenario;
  return {
    ...rest,
    about: dns,
    offered: [...(scenario.expected.merged ? [wish.version] : []), "1.1.0", "1.0.0"],
    client,
    play: async (show) => {
      const { stage, act } = show;
      await before?.(show);
      const startedAt = Date.now();
      await act(
        what,
        () => authorOf(stage, dns).cutRelease(wish),
        ({ url }) => url,
      );
      return { startedAt, pullRequest: (await awaitPullRequest(show)).number };
    },
  };
}

const version = "1.2.0";

export const good = released({
  name: "good",
  title: "a correct release becomes an installed provider",
  act: "acme cuts the signed release v1.2.0",
  expected: { verdict: "pass", merged: true, findings: [] },
  wish: { version },
});

export const badChecksum = released({
  name: "bad-checksum",
  title: "an archive was replaced after SHA256SUMS had been signed",
  act: "acme cuts v1.2.0, and one archive is not the one that was signed",
  expected: {
    verdict: "fail",
    merged: false,
    findings: [{ code: "archives", outcome: "fail", version }],
  },
  wish: { version, tamper: "checksum" },
});

export const badSignature = released({
  name: "bad-signature",
  title: "the signature does not verify",
  act: "acme cuts v1.2.0 with a broken signature",
  expected: { verdict: "fail", merged: false, findings: [{ code: "signature", outcome: "fail", version }] },
  wish: { version, tamper: "signature" },
});

export const unknownKey = released({
  name: "unknown-key",
  title: "the release is signed with a key that the registry does not know",
  act: "acme cuts v1.2.0, signed with a key that nobody has registered",
  expected: { verdict: "hold", merged: false, findings: [{ code: "signature", outcome: "hold", version }] },
  wish: { version, key: "unknown" },
});

export const notSemver = released({
  name: "not-semver",
  title: "the version is not SemVer, which would make every version uninstallable",
  act: "acme cuts a release with the tag v1.2",
  expected: {
    verdict: "fail",
    merged: false,
    findings: [{ code: "version-syntax", outcome: "fail", version: "1.2" }],
  },
  wish: { version: "1.2" },
  // One such version in the list would make all others uninstallable.
  client: { asks: "1.1.0", installs: true },
});

export const badArchive = released({
  name: "bad-archive",
  title: "the archives are signed, and no client would find the provider in them",
  before: (show) =>
    show.act("the registry's owner wants archives looked into", () =>
      pushToMain(
        show.stage,
        { ".github/registrar.yml": "policy:\n  settle: 1s\n  archives: contents\n" },
        "Look into archives",
      ),
    ),
  act: "acme cuts v1.2.0, and the program lies in a folder of each archive",
  expected: {
    verdict: "fail",
    merged: false,
    findings: [{ code: "archives", outcome: "fail", version }],
  },
  wish: { version, tamper: "archives" },
  ownerBypasses: true,
  pushes: 1,
});
