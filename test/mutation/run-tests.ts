import { spawn } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** What one run of tests said: the first test that failed, null where all passed. */
export interface TestRun {
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
export async function runTests(files: readonly string[], broken: string): Promise<TestRun> {
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const config = join(root, "test/mutation/vitest.config.ts");
  const args = [vitest, "run", "--config", config, "--bail", "1", "--reporter", "json", ...files];
  // Snapshots are compared, never written.
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME, REGISTRAR_BROKEN_RULE: broken, CI: "true" };
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
