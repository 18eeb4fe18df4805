import { setFlagsFromString } from "node:v8";
import { type Command, InvalidArgumentError } from "commander";
import { readKeys } from "../compose/keys.ts";
import { composeFollowedTree } from "../compose/trees.ts";
import { readPublisherEnvironment } from "../config/env.ts";
import { errorMessage } from "../registry/errors.ts";
import type { RegistryTree } from "../registry/tree.ts";
import { publishSettings, readTreeSettings } from "../tasks/publish-registry.ts";
import { startRegistryServer } from "../web/registry-server.ts";
import { complain, exitCodes, print, printJson, runCommand } from "./output.ts";
import { assertRegistry } from "./read-registry.ts";

interface Options {
  readonly registry: string;
  readonly commit?: string;
  readonly port: number;
  readonly host: string;
  readonly json?: boolean;
}

export function addServe(program: Command): void {
  program
    .command("serve")
    .description("answer tofu and terraform straight from a registry's folder or git repository")
    .option("--registry <folder>", "folder of the registry, or a git repository that holds it", ".")
    .option("--commit <rev>", "serve a commit of the git repository there, not the files; a branch is followed")
    .option("--port <number>", "port to listen on; 0: any free one", portOf, 8080)
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--json", "print one JSON object with the URL")
    .addHelpText(
      "after",
      "\nSpeaks plain http; clients need something with TLS in front. Ends on Ctrl-C. Example:\n  registrar serve --registry registry.git --commit main",
    )
    .action((options: Options) => runCommand(options.json === true, () => serve(options)));
}

async function serve(options: Options): Promise<number> {
  keepRequestsYoung();
  const { serverUrl } = readPublisherEnvironment();
  const { registry, commit, host, port } = options;
  const followed = await composeFollowedTree({ folder: registry, ...(commit === undefined ? {} : { commit }) });
  let checked: RegistryTree | undefined;
  /** A folder that has lost its records is as wrong as one that never had any: what was there is served on. */
  const assertServed = (tree: RegistryTree) => {
    if (tree !== checked) checked = assertRegistry(tree, options);
    return tree;
  };
  const site = await startRegistryServer({
    readTree: () => {
      const tree = followed.read();
      return tree instanceof Promise ? tree.then(assertServed) : assertServed(tree);
    },
    readSettings: async (tree) => publishSettings(await readTreeSettings(tree), serverUrl),
    readKeys,
    onProblem: tellOnce(),
    ...{ host, port },
  });
  const ended = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  if (options.json === true) printJson({ ok: true, url: site.url });
  else print(`serving ${registry} at ${site.url}/ until you press Ctrl-C`);
  await ended;
  await site.stop();
  await followed.stop();
  return exitCodes.ok;
}

/**
 * After a burst of connections V8 takes what belongs to a request for long-lived and puts it where only a whole collection
 * frees it: with one core those then make everybody wait 50 ms every second or two. Requests are short-lived.
 */
const keepRequestsYoung = () => setFlagsFromString("--no-allocation-site-pretenuring");

/** The same problem comes back with every look until somebody mends it. */
function tellOnce(): (problem: unknown) => void {
  let last = "";
  return (problem) => {
    const message = errorMessage(problem);
    if (message !== last) complain(`registrar: ${message} What was there before is served on.`);
    last = message;
  };
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("Expected a number from 0 to 65535.");
}
