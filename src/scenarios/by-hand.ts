import type { Author } from "./author.ts";
import { people, registryRepository } from "./demo.ts";
import type { Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";

type Entry = Record<string, unknown>;

/** An outsider changes a record in a fork, by hand, and opens a pull request. */
async function proposeByHand(
  { sandbox }: Stage,
  wish: {
    readonly author: Author;
    readonly branch: string;
    readonly title: string;
    readonly edit: (versions: Entry[]) => void;
  },
): Promise<{ readonly number: number; readonly fork: string; readonly text: string }> {
  const { path } = wish.author.provider;
  const carl = sandbox.as(people.contributor);
  const fork = await carl.fork(registryRepository);
  const current = await fetch(`${sandbox.apiUrl}/repos/${registryRepository}/contents/${path}`, {
    headers: { accept: "application/vnd.github.raw+json" },
  });
  const record = (await current.json()) as { versions: Entry[] };
  wish.edit(record.versions);
  const text = `${JSON.stringify(record, null, 2)}\n`;
  await carl.commit({
    repository: fork.fullName,
    branch: wish.branch,
    from: "main",
    files: { [path]: text },
    message: wish.title,
  });
  const number = await carl.openPullRequest({
    repository: registryRepository,
    head: `${people.contributor}:${wish.branch}`,
    title: wish.title,
  });
  return { number, fork: fork.fullName, text };
}

export const rewrittenVersion: Scenario = {
  name: "rewritten-version",
  title: "a published version gets other hashes",
  act: "acme uploads the files of v1.1.0 again, and carl asks to record their new hashes",
  expected: { verdict: "hold", merged: false },
  version: null,
  // What users have installed of the older version is not touched.
  client: { asks: "1.0.0", installs: true },
  play: async (stage, author) => {
    const startedAt = Date.now();
    const release = await author.uploadAgain("1.1.0");
    await proposeByHand(stage, {
      author,
      branch: "new-hashes",
      title: "New hashes of acme/dns 1.1.0",
      edit: (versions) => {
        const index = versions.findIndex((version) => version.version === "1.1.0");
        versions[index] = release.entry;
      },
    });
    return { startedAt, release };
  },
};

export const headMoved: Scenario = {
  name: "head-moved",
  title: "a tampering commit is pushed between the verdict and the merge",
  act: "carl adds the new v1.2.0 by hand, correctly, and pushes other hashes just when it is merged",
  expected: { verdict: "fail", merged: false },
  version: "1.2.0",
  client: { asks: "1.2.0", installs: false },
  play: async (stage, author) => {
    const { sandbox } = stage;
    const startedAt = Date.now();
    // Nobody tells Registrar of this release, so that the only pull request is carl's.
    const release = await author.cutRelease({
      version: "1.2.0",
      published: new Date(Date.now() - 60_000).toISOString(),
    });
    const proposal = await proposeByHand(stage, {
      author,
      branch: "dns-1.2.0",
      title: "Add acme/dns 1.2.0",
      edit: (versions) => versions.unshift(release.entry),
    });
    const later = new Promise<void>((resolve, reject) => {
      const tamper = async () => {
        const [first] = (release.entry.targets ?? []) as { shasum: string }[];
        const text = proposal.text.replaceAll(first?.shasum ?? "", "0123456789abcdef".repeat(4));
        await sandbox.as(people.contributor).commit({
          repository: proposal.fork,
          branch: "dns-1.2.0",
          files: { [author.provider.path]: text },
          message: "Small correction",
        });
      };
      sandbox.faults.before({ method: "PUT", path: new RegExp(`/pulls/${proposal.number}/merge$`) }, () =>
        tamper().then(resolve, reject),
      );
    });
    return { startedAt, release, later };
  },
};
