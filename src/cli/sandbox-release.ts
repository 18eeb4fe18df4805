import { type Command, Option } from "commander";
import { type ReleaseRequest, releaseDoor } from "../scenarios/doors.ts";
import { print, runCommand } from "./output.ts";
import { parseSandboxAddress } from "./sandbox-address.ts";
import { knock } from "./sandbox-doors.ts";
import { followVersion, headsNow } from "./sandbox-follow.ts";
import { requireSandbox } from "./sandbox-state.ts";

interface Options {
  readonly tamper?: "checksum" | "signature";
  readonly key?: "registered" | "unknown";
  /** False with `--no-event`. */
  readonly event: boolean;
  readonly json?: boolean;
}

export function addSandboxRelease(sandbox: Command): void {
  sandbox
    .command("release")
    .argument("<address>", "the provider, e.g. acme/dns")
    .argument("<version>", "the new version, e.g. 1.3.0")
    .description("cut a release as an author in the running sandbox, and follow it")
    .addOption(new Option("--tamper <what>", "spoil it after signing").choices(["checksum", "signature"]))
    .addOption(
      new Option("--key <which>", "sign it with this key").choices(["registered", "unknown"]).default("registered"),
    )
    .option("--no-event", "tell nobody; Registrar finds it when it looks next, here within seconds")
    .option("--json", "print one JSON object at the end")
    .addHelpText(
      "after",
      "\nNeeds `npm run sandbox` in another terminal, in the same folder. Exits with 1 when it is not merged.",
    )
    .action((address: string, version: string, _options: Options, command: Command) => {
      const { json = false, tamper, key, event } = command.optsWithGlobals<Options>();
      const wish = { address, version, ...(tamper && { tamper }), ...(key && { key }), silent: !event };
      return runCommand(json, () => releaseAndFollow(wish, json));
    });
}

async function releaseAndFollow(request: ReleaseRequest, json: boolean): Promise<number> {
  const address = parseSandboxAddress(request.address, "provider");
  const view = await requireSandbox();
  const before = await headsNow(view);
  const startedAt = Date.now();
  const { url } = await knock<{ readonly url: string }>(view, releaseDoor, request);
  const told = request.silent === true ? ", and nobody is told" : "";
  if (!json) print(`  ✔ ${request.address} v${request.version} is released${told}: ${url}`);
  return followVersion({ view, address, version: request.version, startedAt, before, json });
}
