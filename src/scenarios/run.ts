import { errorMessage } from "../registry/errors.ts";
import { type Mutable, playScenario } from "./play.ts";
import type { ScenarioReport, Step } from "./report.ts";
import type { Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";
/** Told of each step as it begins and ends, so that one can watch. */
export type Watcher = (event: {
  readonly name: string;
  readonly state: "begun" | "done" | "failed";
  readonly ms: number;
  readonly detail: string;
}) => void;

/** Plays one scenario to its end and says how it went. Never throws for what goes wrong in it. */
export async function runScenario(
  scenario: Scenario,
  { startStage, watch }: { readonly startStage: () => Promise<Stage>; readonly watch: Watcher },
): Promise<{ readonly report: ScenarioReport; readonly stage: Stage | null }> {
  const steps: Step[] = [];
  const report: Mutable<ScenarioReport> = {
    ok: false,
    scenario: scenario.name,
    expected: scenario.expected,
    steps,
    pullRequest: null,
    published: null,
    client: null,
    releaseToInstallableMs: null,
    violations: [],
  };
  const step = async <T>(
    name: string,
    work: () => Promise<T>,
    detail: (result: T) => string = () => "",
  ): Promise<T> => {
    const started = performance.now();
    const ms = () => Math.round(performance.now() - started);
    watch({ name, state: "begun", ms: 0, detail: "" });
    try {
      const result = await work();
      steps.push({ name, ok: true, ms: ms() });
      watch({ name, state: "done", ms: ms(), detail: detail(result) });
      return result;
    } catch (error) {
      steps.push({ name, ok: false, ms: ms() });
      watch({ name, state: "failed", ms: ms(), detail: errorMessage(error) });
      throw error;
    }
  };
  let stage: Stage | null = null;
  try {
    stage = await step("start the local GitHub, Registrar and the published registry", startStage);
    await playScenario({ scenario, stage, step, report });
    report.violations = stage.sandbox.violations;
    report.ok = steps.every(({ ok }) => ok) && report.violations.length === 0;
  } catch (error) {
    report.error = errorMessage(error);
  }
  return { report, stage };
}
