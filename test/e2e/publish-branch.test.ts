import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { startRegistrar } from "../../src/app/start.ts";
import type { PublishReport } from "../../src/publish/publish.ts";
import { people, registryRepository } from "../../src/scenarios/demo.ts";
import { startGitHubSide } from "../../src/scenarios/github-side.ts";
import { pollUntil } from "../../src/scenarios/poll.ts";
import { aFolder, git } from "../sandbox/support.ts";

/** A local GitHub and the product, which publishes to where it is told. */
async function anApp(publishTo: string) {
  const folder = await aFolder();
  const github = await startGitHubSide({ folder: join(folder, "github"), settle: "1s", writeSpacingMs: 0 });
  onTestFinished(() => github.sandbox.stop());
  const { sandbox, app } = github;
  const reports: PublishReport[] = [];
  const problems: string[] = [];
  const registrar = await startRegistrar(
    {
      appId: String(app.id),
      privateKey: app.privateKey,
      webhookSecret: crypto.randomUUID(),
      authorWebhookSecret: null,
      repository: registryRepository,
      ...{ apiUrl: sandbox.apiUrl, serverUrl: sandbox.serverUrl, upstreamToken: null },
      publishTo: publishTo.replace("SERVER", sandbox.serverUrl),
      dataFolder: join(folder, "data"),
      ...{ host: "127.0.0.1", port: 0 },
    },
    {
      log: (_message, { error }) => {
        if (error !== undefined) problems.push(String(error));
      },
      onPublished: (report) => reports.push(report),
      pausesMs: [10, 10],
      writeSpacingMs: 0,
    },
  );
  onTestFinished(() => registrar.stop());
  return { sandbox, reports, problems, folder };
}

describe("when the app publishes to a branch of the registry repository", () => {
  it("pushes it as itself, past the ruleset that keeps others away, and touches nothing else", async () => {
    const { sandbox, reports, problems, folder } = await anApp("git:#host");
    await pollUntil("the first publication", () => reports.length > 0);
    expect(problems).toEqual([]);
    expect(reports[0]?.to).toBe(`git:${sandbox.serverUrl}/${registryRepository}.git#host`);
    const url = `${sandbox.serverUrl}/${registryRepository}.git`;
    const clone = join(folder, "clone");
    expect(await git(folder, "clone", "-q", "--branch", "host", url, clone)).toMatchObject({ code: 0 });
    const { stdout } = await git(clone, "log", "--format=%s", "host");
    expect(stdout.trim()).toBe(`Publish the registry at ${reports[0]?.commit}`);
    const list = await git(clone, "show", "host:v1/providers/acme/dns/versions");
    expect(JSON.parse(list.stdout).versions.length).toBeGreaterThan(0);
    // Nobody else may, a maintainer neither.
    await git(clone, "commit", "-q", "--allow-empty", "-m", "mine");
    const asMaintainer = url.replace("://", `://x:${sandbox.as(people.maintainer).token}@`);
    const pushed = await git(clone, "push", asMaintainer, "HEAD:refs/heads/host");
    expect(pushed).toMatchObject({ code: 1, stderr: expect.stringContaining("GH013") });
    expect(sandbox.violations).toEqual([]);
  });

  it("never over the registry itself", async () => {
    const { reports, problems } = await anApp("git:#main");
    await pollUntil("a refusal", () => problems.length > 0);
    expect(problems[0]).toMatch(/"main" is the default branch/);
    expect(reports).toEqual([]);
  });
});
