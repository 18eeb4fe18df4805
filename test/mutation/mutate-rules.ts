import { spawn } from "node:child_process";
import { join } from "node:path";
import { type ListedRule, listedRules, noticing, ownTest } from "./rule-exports.ts";

const root = join(import.meta.dirname, "../..");

/** What one run of tests said: the first test that failed, null where all passed. */
interface TestRun {
  readonly tests: number;
  readonly failed: { readonly file: string; readonly test: string } | null;
}

interface VitestReport {
  readonly numTotalTests: number;
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** Runs test files with a rule broken; with none broken for an empty name. Throws where the run itself went wrong. */
async function runTests(files: readonly string[], broken: string): Promise<TestRun> {
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const config = join(root, "test/mutation/vitest.config.ts");
  const args = [vitest, "run", "--config", config, "--bail", "1", "--reporter", "json", ...files];
  // Snapshots are compared, never written.
  const env = { ...process.env, REGISTRAR_BROKEN_RULE: broken, CI: "true" };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  const out = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    out.stdout += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    out.stderr += String(chunk);
  });
  await new Promise((resolve) => child.once("close", resolve));
  const report = JSON.parse(out.stdout.slice(out.stdout.indexOf("{")) || "null") as VitestReport | null;
  if (report === null) throw new Error(`The tests did not run:\n${out.stdout}${out.stderr}`);
  const failures = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === "failed")
      .map(({ fullName }) => ({ file: name.slice(root.length + 1), test: fullName })),
  );
  const [failed = null] = failures;
  // A file that cannot even be loaded notices nothing: that is the run's fault, not the rule's.
  const crash = report.testResults.find(({ message }) => failed === null && message !== "");
  if (crash !== undefined) throw new Error(`${crash.name}: ${crash.message}`);
  return { tests: report.numTotalTests, failed };
}

async function noticedBy({ name, rule }: ListedRule): Promise<TestRun["failed"]> {
  const own = ownTest(root, rule);
  const first = own === undefined ? null : (await runTests([`test/rules/${own}`], name)).failed;
  return first ?? (await runTests(noticing, name)).failed;
}

async function main(wanted: readonly string[]): Promise<number> {
  const all = listedRules();
  const unknown = wanted.filter((name) => all.every((listed) => listed.name !== name));
  if (unknown.length > 0) {
    say(`No rule is called ${unknown.join(", ")}; there are ${all.map(({ name }) => name).join(", ")}.`);
    return 2;
  }
  const started = performance.now();
  const sound = await runTests(noticing, "");
  if (sound.failed !== null) {
    say(`With no rule broken a test fails already: ${sound.failed.file}: ${sound.failed.test}`);
    return 2;
  }
  say(`${sound.tests} tests pass while no rule is broken.`);
  const chosen = wanted.length === 0 ? all : all.filter(({ name }) => wanted.includes(name));
  const missed: string[] = [];
  for (const listed of chosen) {
    const failed = await noticedBy(listed);
    if (failed === null) missed.push(listed.name);
    say(failed === null ? `MISSED  ${listed.name}` : `caught  ${listed.name}: ${failed.file}: ${failed.test}`);
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  say(`${chosen.length - missed.length} of ${chosen.length} broken rules are noticed by a test, in ${seconds} s.`);
  if (missed.length > 0) say(`Nothing notices that these judge nothing: ${missed.join(", ")}. Write a test for each.`);
  return missed.length > 0 ? 1 : 0;
}

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

process.exitCode = await main(process.argv.slice(2));
