import type { Command } from "commander";
import { type TagRequest, tagDoor } from "../scenarios/doors.ts";
import { print, runCommand } from "./output.ts";
import { parseSandboxAddress } from "./sandbox-address.ts";
import { knock } from "./sandbox-doors.ts";
import { followVersion, headsNow } from "./sandbox-follow.ts";
import { requireSandbox } from "./sandbox-state.ts";

export function addSandboxTag(sandbox: Command): void {
  sandbox
    .command("tag")
    .argument("<address>", "the module, e.g. acme/network/aws")
    .argument("<tag>", "the new version's tag, e.g. v1.3.0")
    .description("tag a version as a module's author in the running sandbox, and follow it")
    .option("--json", "print one JSON object at the end")
    .addHelpText(
      "after",
      "\nNeeds `npm run sandbox` in another terminal, in the same folder. Exits with 1 when it is not merged.",
    )
    .action((address: string, tag: string, _options: unknown, command: Command) => {
      const { json = false } = command.optsWithGlobals<{ json?: boolean }>();
      return runCommand(json, () => tagAndFollow({ address, tag }, json));
    });
}

async function tagAndFollow(request: TagRequest, json: boolean): Promise<number> {
  const address = parseSandboxAddress(request.address, "module");
  const view = await requireSandbox();
  const before = await headsNow(view);
  const startedAt = Date.now();
  const { url } = await knock<{ readonly url: string }>(view, tagDoor, request);
  if (!json) print(`  ✔ ${request.address} is tagged ${request.tag}: ${url}`);
  return followVersion({ view, address, version: request.tag, startedAt, before, json });
}
