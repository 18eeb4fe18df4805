import { execFile, execFileSync } from "node:child_process";
import { cpSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { parseYaml } from "../../src/registry/yaml.ts";
import { registryRepository } from "../../src/scenarios/demo.ts";
import { type DispatchInputs, dispatchInputs } from "../../src/tasks/dispatch-publication.ts";
import { inspectPush } from "../../src/tasks/inspect-push.ts";
import { publishRegistry } from "../../src/tasks/publish-registry.ts";
import { publishableTree } from "../../src/tasks/publishable-tree.ts";
import { noProgress } from "../../src/tasks/reconcile.ts";
import { readKeys } from "../../src/upstream/openpgp.ts";
import { branchTarget } from "../publish/support/branch-target.ts";
import { bareRepository, committed, git } from "../publish/support/git.ts";
import { temporaryFolder } from "../publish/support/temporary-folder.ts";
import { pushToMain } from "../support/stage/by-hand.ts";
import { aTaskStage, type TaskStage } from "../support/stage/task-stage.ts";

const root = join(import.meta.dirname, "..", "..");

interface Input {
  readonly required?: boolean;
}
interface Workflow {
  readonly "run-name": string;
  readonly on: { readonly workflow_dispatch: { readonly inputs: Readonly<Record<string, Input>> } };
  readonly concurrency: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly jobs: { readonly publish: { readonly if: string; readonly steps: readonly Step[] } };
}
interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly with?: { readonly path: string };
  readonly env?: Readonly<Record<string, string>>;
}

function workflow(): Workflow {
  const yaml = parseYaml(readFileSync(join(root, "docs/publish.yml"), "utf8"));
  if (!yaml.ok) throw new Error(yaml.problems.join("\n"));
  return yaml.value as unknown as Workflow;
}

/** Where the two checkouts go; Registrar's is this one. */
async function aWorkspace(): Promise<{ readonly workspace: string; readonly registry: string }> {
  const workspace = await temporaryFolder();
  symlinkSync(root, join(workspace, "registrar"));
  return { workspace, registry: join(workspace, "registry") };
}

type Given = Pick<DispatchInputs, "commit" | "withheld"> & { readonly full?: boolean };

/** Runs the steps as a runner does, with these inputs and this target; what they said. */
function runSteps(workspace: string, { inputs, to, serverUrl }: { inputs: Given; to: string; serverUrl?: string }) {
  const values: Readonly<Record<string, string>> = {
    "inputs.commit": inputs.commit,
    "inputs.withheld": inputs.withheld,
    "inputs.full && '--full' || ''": inputs.full === true ? "--full" : "",
    "vars.PUBLISH_TO": to,
  };
  const evaluated = (text: string) => text.replace(/\$\{\{ (.*?) \}\}/g, (_, what: string) => values[what] ?? "");
  let said = "";
  for (const { run, env = {} } of workflow().jobs.publish.steps) {
    // The packages are there already.
    if (run === undefined || run === "npm ci --prefix registrar") continue;
    const variables = Object.fromEntries(Object.entries(env).map(([name, text]) => [name, evaluated(text)]));
    const given = { GITHUB_WORKSPACE: workspace, ...(serverUrl === undefined ? {} : { GITHUB_SERVER_URL: serverUrl }) };
    said += execFileSync("bash", ["-eo", "pipefail", "-c", run], {
      cwd: workspace,
      env: { ...process.env, ...variables, ...given },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  }
  return said;
}

describe("docs/publish.yml", () => {
  it("publishes what it says, by its own steps, the second time only what has changed", async () => {
    const { workspace, registry } = await aWorkspace();
    const target = await bareRepository();
    const places = workflow().jobs.publish.steps.flatMap((step) =>
      step.uses?.startsWith("actions/checkout@") ? [step.with?.path] : [],
    );
    expect(places).toEqual(["registry", "registrar"]);
    for (const name of ["providers", "modules", "keys"])
      cpSync(join(root, name), join(registry, name), { recursive: true });
    const commit = () => {
      git(registry, "add", "-A");
      git(registry, "commit", "-q", "--allow-empty", "-m", "next");
      return git(registry, "rev-parse", "HEAD");
    };
    git(registry, "init", "-q", "-b", "main");
    const run = (inputs: Given) => runSteps(workspace, { inputs, to: `git:${target}#host` });
    expect(run({ commit: commit(), withheld: "[]" })).toMatch(/published \d+ documents to git:.*, 0 unchanged/);
    expect(Object.keys(committed(target, "host"))).toContain("v1/providers/acme/dns/versions");
    const next = { commit: commit(), withheld: "[]" };
    expect(run(next)).toMatch(/: 0 written, 1 unchanged, 0 removed/);
    expect(run({ ...next, full: true })).toMatch(/: 0 written, [2-9]\d* unchanged, 0 removed/);
    // What is on no default branch, and what does not say what is kept back, is published by nobody.
    const before = git(target, "rev-parse", "host");
    const elsewhere = git(registry, "commit-tree", "HEAD^{tree}", "-m", "elsewhere");
    expect(() => run({ commit: elsewhere, withheld: "[]" })).toThrow("merge-base");
    expect(() => run({ commit: next.commit, withheld: "" })).toThrow(/--withhold must be .*Nothing is published/);
    expect(git(target, "rev-parse", "host")).toBe(before);
  }, 240_000);

  it("publishes by the app's inputs just what the app itself would, without what it keeps back", async () => {
    const stage = await aTaskStage();
    const wrong = await pushToMain(stage, { [path]: await withVersions(stage, "9.9.9") });
    await inspectPush(stage.context, { commit: wrong, paths: [path] });
    // Something right on top of it, and something that nobody has judged yet.
    await pushToMain(stage, { [path]: await withVersions(stage), [other]: await formatted(stage, other) });
    const publishable = await publishableTree(stage.context, await stage.readHistory(), noProgress());
    expect(publishable.withheld.map(({ commit }) => commit)).toContain(wrong);
    const { serverUrl } = stage.sandbox;

    const byApp = await bareRepository();
    await publishRegistry({ tree: publishable.tree, target: branchTarget(byApp), readKeys, serverUrl });

    const byWorkflow = await bareRepository();
    const { workspace, registry } = await aWorkspace();
    // The server is in this process, which must not stand still.
    await promisify(execFile)("git", ["clone", "-q", `${serverUrl}/${registryRepository}.git`, registry]);
    const inputs = await dispatchInputs(publishable);
    const to = `git:${byWorkflow}#host`;
    runSteps(workspace, { inputs, to, serverUrl });
    expect(git(byWorkflow, "rev-parse", "host^{tree}")).toBe(git(byApp, "rev-parse", "host^{tree}"));
    expect(versionsOf(byWorkflow)).toEqual(["1.1.0", "1.0.0"]);

    // All of it matters: without that input the wrong version would be out.
    runSteps(workspace, { inputs: { ...inputs, withheld: "[]" }, to, serverUrl });
    expect(versionsOf(byWorkflow)).toContain("9.9.9");
  }, 120_000);

  it("is started by Registrar alone, which finds its run by what the run is called", () => {
    const { on, concurrency, jobs, ...rest } = workflow();
    expect(Object.keys(on)).toEqual(["workflow_dispatch"]);
    const { inputs } = on.workflow_dispatch;
    const required = Object.keys(inputs).filter((name) => inputs[name]?.required === true);
    expect(required).toEqual(["commit", "withheld", "state"] satisfies (keyof DispatchInputs)[]);
    expect(rest["run-name"]).toMatch(/\{\{ inputs\.state \}\}/);
    expect(concurrency["cancel-in-progress"]).toBe(false);
    expect(jobs.publish.if).toBe(
      "github.ref_name == github.event.repository.default_branch && github.actor == vars.REGISTRAR_BOT",
    );
  });
});

const path = "providers/acme/dns.json";
const other = "providers/globex/queue.json";

async function recordOf(stage: TaskStage, file: string) {
  const { content } = await stage.get<{ content: string }>(`contents/${file}`);
  return JSON.parse(Buffer.from(content, "base64").toString()) as { versions: Record<string, unknown>[] };
}

const formatted = async (stage: TaskStage, file: string) => `${JSON.stringify(await recordOf(stage, file))}\n`;

/** The record with versions more that nobody has released. */
async function withVersions(stage: TaskStage, ...versions: readonly string[]) {
  const record = await recordOf(stage, path);
  const added = versions.map((version) => ({ ...record.versions[0], version }));
  return `${JSON.stringify({ ...record, versions: [...added, ...record.versions] }, null, 4)}\n`;
}

const versionsOf = (folder: string): string[] =>
  JSON.parse(committed(folder, "host")["v1/providers/acme/dns/versions"] ?? "{}").versions.map(
    ({ version }: { version: string }) => version,
  );
