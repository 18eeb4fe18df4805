import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { startRegistrar } from "../../src/app/start.ts";
import { environmentOf } from "../../src/scenarios/environment.ts";
import { pushToMain } from "../../src/scenarios/push-to-main.ts";
import { aFolder } from "../sandbox/support.ts";
import { aStage, pathOf, pollUntil, registryRepository, type TestStage } from "../support/stage/stage.ts";

const file = readFileSync(join(import.meta.dirname, "../../docs/publish.yml"), "utf8");
const dispatching = pathOf("/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches");
const repository = registryRepository;

const runsOf = ({ sandbox }: TestStage) => sandbox.workflowRuns(repository);
const tipOf = async (stage: TestStage) =>
  (await stage.get<{ object: { sha: string } }>("git/ref/heads/main")).object.sha;
const said = (stage: TestStage, message: string) => stage.log.filter((line) => line.message === message);

/** A stage whose registry is published by a workflow, with the run that its configuration brought. */
async function aDispatchingStage(dispatchPaceMs: number, workflow = file): Promise<TestStage> {
  const stage = await aStage({ ownerBypasses: true, dispatchPaceMs });
  const configuration = "policy:\n  settle: 0s\npublish:\n  workflow: publish.yml\n";
  const files = { ".github/workflows/publish.yml": workflow, ".github/registrar.yml": configuration };
  await pushToMain(stage, files, "Publish by a workflow");
  return stage;
}

describe("when a workflow publishes", () => {
  it("it is dispatched once for a merge, once for many, again where GitHub lost it, and not by a restart", async () => {
    const stage = await aDispatchingStage(2_000);
    await pollUntil("the first dispatch", () => runsOf(stage).length === 1);
    await stage.rest();
    expect(runsOf(stage)).toMatchObject([
      {
        workflow: "publish.yml",
        branch: "main",
        actor: "registrar[bot]",
        inputs: { commit: await tipOf(stage), withheld: "[]", state: expect.stringMatching(/^[0-9a-f]{32}$/) },
      },
    ]);
    expect(stage.publications).toHaveLength(1);

    // What is not published dispatches nothing.
    await pushToMain(stage, { "README.md": "# Other words\n" }, "Other words");
    await stage.rest();
    expect(runsOf(stage)).toHaveLength(1);

    // The answer is a fault, and nothing was started.
    stage.sandbox.faults.add({ method: "POST", path: dispatching, status: 502 });
    await stage.dns.cutRelease({ version: "1.2.0" });
    await stage.rest();
    expect(runsOf(stage)).toHaveLength(2);
    expect(runsOf(stage)[1]?.inputs).toMatchObject({ commit: await tipOf(stage) });

    // Several within the pace: some wait for one dispatch, and the last is never left out.
    const before = runsOf(stage).length;
    const versions = ["1.3.0", "1.4.0", "1.5.0", "1.6.0"];
    for (const version of versions) {
      await stage.dns.cutRelease({ version });
      await stage.merged((await stage.pullRequestOf(version)).number);
    }
    await stage.rest();
    expect(runsOf(stage).length - before).toBeLessThan(versions.length);
    expect(runsOf(stage).at(-1)?.inputs.commit).toBe(await tipOf(stage));

    // Another process finds the run by its name, and starts none.
    const all = runsOf(stage).length;
    await stage.registrar.stop();
    const { log, registrar } = await anotherProcess(stage);
    await pollUntil("the end of its first look", () => registrar.pending() === 0);
    expect(runsOf(stage)).toHaveLength(all);
    expect(log).not.toContain("publication dispatched");

    expect(stage.sandbox.violations).toEqual([]);
  });

  it("says what is wrong with the workflow, and goes on when that is mended", async () => {
    const stage = await aDispatchingStage(0, file.replace("workflow_dispatch:", "push:"));
    const refusal = await pollUntil("a refusal", () =>
      stage.log.find(({ fields }) => String(fields.error).includes("does not start workflow")),
    );
    expect(String(refusal.fields.error)).toMatch(
      /Workflow does not have 'workflow_dispatch' trigger.*has to be enabled/,
    );
    await pushToMain(stage, { ".github/workflows/publish.yml": file }, "Mend the workflow");
    await pollUntil("the dispatch", () => runsOf(stage).length === 1);
    await stage.rest();
    expect(said(stage, "publication dispatched")).toHaveLength(1);
    expect(stage.publications).toHaveLength(1);

    // One that fails is told, and repeated after a while, by whoever is there then.
    const [{ id } = { id: 0 }] = runsOf(stage);
    const fails = (minutesAgo: number) => {
      const at = new Date(Date.now() - minutesAgo * 60_000).toISOString();
      stage.sandbox.setWorkflowRun({ repository, id, status: "completed", conclusion: "failure", at });
    };
    await stage.registrar.stop();
    fails(4);
    const early = await anotherProcess(stage);
    await pollUntil("what it says", () => early.log.includes("the workflow has not published"));
    await early.registrar.stop();
    expect(runsOf(stage)).toHaveLength(1);
    fails(6);
    const late = await anotherProcess(stage);
    await pollUntil("another dispatch", () => runsOf(stage).length === 2);
    await late.registrar.stop();
    expect(runsOf(stage)[1]?.inputs).toEqual(runsOf(stage)[0]?.inputs);
    expect(stage.sandbox.violations).toEqual([]);
  });
});

/** Registrar with nothing of its own but its credentials, and nowhere to publish to by itself. */
async function anotherProcess(stage: TestStage) {
  const log: string[] = [];
  const registrar = await startRegistrar(
    {
      ...environmentOf(stage, { folder: await aFolder(), webhookSecret: "secret", authorWebhookSecret: null }),
      publishTo: null,
    },
    { log: (message) => log.push(message), writeSpacingMs: 0, pausesMs: [20, 50] },
  );
  onTestFinished(() => registrar.stop());
  return { log, registrar };
}
