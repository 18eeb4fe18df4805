import { join } from "node:path";
import { people, registryHost, registryRepository } from "../scenarios/demo.ts";
import { addDoors } from "../scenarios/doors.ts";
import { viewOf } from "../scenarios/play.ts";
import type { Stage } from "../scenarios/stage.ts";
import { exitCodes, print } from "./output.ts";
import type { SandboxLog } from "./sandbox-log.ts";
import { removeSandboxState, writeSandboxState } from "./sandbox-state.ts";

/** Keeps the sandbox up until it is interrupted; says where everything is and what to try. */
export async function stayUp(stage: Stage, log: SandboxLog): Promise<number> {
  const { sandbox, registryUrl, app } = stage;
  addDoors(stage);
  sandbox.handle("/_sandbox/registrar", async (_request, response) => {
    response.setHeader("content-type", "text/plain; charset=utf-8");
    response.end(`${[...log.lines].reverse().join("\n")}\n`);
  });
  await writeSandboxState({
    pid: process.pid,
    serverUrl: sandbox.serverUrl,
    apiUrl: sandbox.apiUrl,
    repository: registryRepository,
    registryUrl,
    token: viewOf(stage).token,
    app: { appId: String(app.id), privateKey: app.privateKey },
    dataFolder: join(stage.folder, "commands"),
  });
  print(welcome(stage));
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
  print("\n  stopping …");
  await removeSandboxState();
  await stage.stop();
  return exitCodes.ok;
}

function welcome({ sandbox, registryUrl }: Stage): string {
  const { serverUrl } = sandbox;
  return `
  The sandbox stays up until you press Ctrl-C.

    registry        ${registryUrl}/
    pull requests   ${serverUrl}/${registryRepository}/pulls
    upstream        ${serverUrl}/acme/terraform-provider-dns/releases
    log             ${serverUrl}/_sandbox/registrar   (of the local GitHub: ${serverUrl}/_sandbox/log)

  Be an author: cut a release in another terminal, in this folder, and watch what happens to it.

    npm run registrar -- sandbox release acme/dns 1.3.0
    npm run registrar -- sandbox release acme/dns 1.4.0 --tamper checksum
    npm run registrar -- sandbox release acme/dns 1.5.0 --tamper signature
    npm run registrar -- sandbox release acme/dns 1.6.0 --key unknown
    npm run registrar -- sandbox release acme/dns 1.7.0 --no-event
    npm run registrar -- sandbox tag acme/network/aws v1.2.0

  See why pull request 3 (the second of those) is judged as it is, and try to approve it as the maintainer ${people.maintainer}.

    npm run registrar -- why 3
    npm run registrar -- sandbox approve 3
    npm run registrar -- sandbox comment 3 "/registrar explain" --as carl

  Be a user: put this into a file of its own, name the file in TF_CLI_CONFIG_FILE, and ask for
  "${registryHost}/acme/dns" in required_providers,
  or for a module with the source "${registryHost}/acme/network/aws".

    host "${registryHost}" {
      services = {
        "providers.v1" = "${registryUrl}/v1/providers/"
        "modules.v1"   = "${registryUrl}/v1/modules/"
      }
    }

  There are more stories, of outsiders, approvals and repositories that change hands: npm run sandbox -- --scenario list
`;
}
