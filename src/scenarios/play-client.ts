import { join } from "node:path";
import { type Installation, installModule, installProvider } from "../client/terraform.ts";
import { RegistrarError } from "../registry/errors.ts";
import { registryHost } from "./demo.ts";
import type { Mutable } from "./play.ts";
import type { ScenarioReport } from "./report.ts";
import type { Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";

interface ClientRun {
  readonly stage: Stage;
  readonly report: Mutable<ScenarioReport>;
  readonly scenario: Scenario;
}

/** Asks the real client for what the scenario asks for; throws when it gets what it must not get, or does not get what it must. */
export async function runClient(run: ClientRun): Promise<string> {
  const { report, scenario } = run;
  const { asks, installs } = scenario.client;
  const result = await install(run);
  if ("skipped" in result) {
    report.client = { skipped: result.skipped };
    return `skipped: ${result.skipped}`;
  }
  const { program, version, installed, output } = result;
  report.client = { program, version, asked: asks, installed };
  if ((installed === asks) !== installs) {
    throw new RegistrarError(
      "publish-failed",
      `${program} installed ${installed ?? "nothing"} when asked for ${asks}:\n${output}`,
    );
  }
  return `${program} ${version} ${installed === null ? "is refused" : `installed ${installed}`}`;
}

async function install({ stage, scenario }: ClientRun): Promise<Installation> {
  const { about, client } = scenario;
  const common = { registryHost, version: client.asks, folder: join(stage.folder, "client") };
  switch (about.kind) {
    case "provider":
      return installProvider({ ...common, address: about, providersUrl: `${stage.registryUrl}/v1/providers/` });
    case "module":
      return installModule({ ...common, address: about, modulesUrl: `${stage.registryUrl}/v1/modules/` });
  }
}
