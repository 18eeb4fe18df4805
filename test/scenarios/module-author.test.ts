import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { registryRepository } from "../../src/scenarios/demo.ts";
import { type GitHubSide, startGitHubSide } from "../../src/scenarios/github-side.ts";

interface Entry {
  readonly version: string;
  readonly commit: string;
  readonly published: string;
}

async function aGitHub(): Promise<GitHubSide> {
  const folder = await mkdtemp(join(tmpdir(), "registrar-demo-"));
  const github = await startGitHubSide({ folder, settle: "0s" });
  onTestFinished(async () => {
    await github.sandbox.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return github;
}

async function api<T>({ sandbox }: GitHubSide, path: string): Promise<T> {
  const answer = await fetch(`${sandbox.apiUrl}/repos/${path}`, {
    headers: { accept: "application/vnd.github.raw+json" },
  });
  expect(answer.status, path).toBe(200);
  return (await answer.json()) as T;
}

describe("the demo's module", () => {
  it("has a record that says what its repository really has", async () => {
    const stage = await aGitHub();
    const [author] = stage.moduleAuthors;
    const { module, repository } = author ?? expect.unreachable();
    const record = await api<{ repository_id: number; owner_id: number; versions: readonly Entry[] }>(
      stage,
      `${registryRepository}/contents/${module.path}`,
    );
    const { id, owner } = await api<{ id: number; owner: { id: number } }>(stage, repository);
    expect(record).toMatchObject({ repository_id: id, owner_id: owner.id });
    expect(record.versions.map(({ version }) => version)).toEqual(["v1.1.0", "v1.0.0"]);
    for (const { version, commit, published } of record.versions) {
      const ref = await api<{ object: { sha: string } }>(stage, `${repository}/git/ref/tags/${version}`);
      const { committer } = await api<{ committer: { date: string } }>(stage, `${repository}/git/commits/${commit}`);
      expect({ version, commit, published }).toEqual({ version, commit: ref.object.sha, published: committer.date });
    }
  });

  it("gets a commit of its own for each tag, once", async () => {
    const stage = await aGitHub();
    const author = stage.moduleAuthors[0] ?? expect.unreachable();
    const first = await author.tag({ tag: "v1.2.0" });
    const second = await author.tag({ tag: "v1.3.0" });
    expect(second.commit).not.toBe(first.commit);
    expect(second.entry).toMatchObject({ version: "v1.3.0", commit: second.commit });
    await expect(author.tag({ tag: "v1.3.0" })).rejects.toThrow(/has a tag v1\.3\.0 already/);
  });
});
