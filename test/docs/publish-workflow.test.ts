import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseYaml } from "../../src/registry/yaml.ts";
import { bareRepository, committed, git } from "../publish/support/git.ts";
import { temporaryFolder } from "../publish/support/temporary-folder.ts";

const root = join(import.meta.dirname, "..", "..");

interface Workflow {
  readonly on: { readonly push: { readonly paths: readonly string[] }; readonly workflow_dispatch: object };
  readonly jobs: { readonly publish: { readonly steps: readonly Step[] } };
}
interface Step {
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

describe("docs/publish.yml", () => {
  it("publishes what it says, by its own steps, the second time only what has changed", async () => {
    const workspace = await temporaryFolder();
    const target = await bareRepository();
    const { steps } = workflow().jobs.publish;
    const places = steps.flatMap((step) => (step.uses?.startsWith("actions/checkout@") ? [step.with?.path] : []));
    expect(places).toEqual(["registry", "registrar"]);
    // What the two checkouts bring.
    const registry = join(workspace, "registry");
    for (const name of ["providers", "modules", "keys"])
      cpSync(join(root, name), join(registry, name), { recursive: true });
    const commit = () => {
      git(registry, "add", "-A");
      git(registry, "commit", "-q", "--allow-empty", "-m", "next");
    };
    git(registry, "init", "-q", "-b", "main");
    commit();
    symlinkSync(root, join(workspace, "registrar"));
    const run = (full: string) => {
      let said = "";
      for (const { run: command, env = {} } of steps) {
        // The packages are there already.
        if (command === undefined || command === "npm ci --prefix registrar") continue;
        const given = { PUBLISH_TO: `git:${target}#host`, FULL: full, GITHUB_WORKSPACE: workspace };
        const variables = Object.fromEntries(Object.keys(env).map((name) => [name, ""]));
        said += execFileSync("bash", ["-eo", "pipefail", "-c", command], {
          cwd: workspace,
          env: { ...process.env, ...variables, ...given },
          encoding: "utf8",
          stdio: ["ignore", "pipe", "pipe"],
        });
      }
      return said;
    };
    expect(run("")).toMatch(/published \d+ documents to git:.*, 0 unchanged/);
    expect(Object.keys(committed(target, "host"))).toContain("v1/providers/acme/dns/versions");
    commit();
    expect(run("")).toMatch(/: 0 written, 1 unchanged, 0 removed/);
    expect(run("--full")).toMatch(/: 0 written, [2-9]\d* unchanged, 0 removed/);
  }, 240_000);

  it("runs where anything changes that is published, and by hand", () => {
    const { on } = workflow();
    expect(on.push.paths).toEqual(["providers/**", "modules/**", "keys/**", ".github/registrar.yml"]);
    expect(Object.keys(on)).toContain("workflow_dispatch");
  });
});
