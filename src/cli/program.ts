import { Command } from "commander";
import { exitCodes } from "./output.ts";

/** Every command, in the order of `--help`. Loaded when asked for: all together take longer than many a command itself. */
const commands = {
  sandbox: async () => (await import("./sandbox.ts")).addSandbox,
  init: async () => (await import("./init.ts")).addInit,
  adopt: async () => (await import("./adopt.ts")).addAdopt,
  validate: async () => (await import("./validate.ts")).addValidate,
  publish: async () => (await import("./publish.ts")).addPublish,
  serve: async () => (await import("./serve.ts")).addServe,
  verify: async () => (await import("./verify.ts")).addVerify,
  keys: async () => (await import("./keys.ts")).addKeys,
  why: async () => (await import("./why.ts")).addWhy,
  bump: async () => (await import("./bump.ts")).addBump,
  replay: async () => (await import("./replay.ts")).addReplay,
} satisfies Readonly<Record<string, () => Promise<(program: Command) => void>>>;

/** With the one command that is asked for, or with all of them where none is. */
export async function buildProgram(asked?: string): Promise<Command> {
  const program = new Command("registrar")
    .description("Runs an OpenTofu/Terraform registry out of a GitHub repository.")
    .showHelpAfterError("(add --help to see what is expected)")
    .showSuggestionAfterError()
    .addHelpText(
      "after",
      `
Exit codes:
  ${exitCodes.ok}   done, and all is well
  ${exitCodes.no}   done, and the answer is no (something has to be changed)
  ${exitCodes.usage}   wrong arguments, configuration or environment
  ${exitCodes.later}   GitHub or an upstream did not answer: try again later
  ${exitCodes.internal}  a fault of Registrar's own
  ${exitCodes.stopped} stopped with Ctrl-C`,
    )
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? exitCodes.ok : exitCodes.usage);
    });
  const wanted = Object.entries(commands).filter(([name]) => name === asked);
  const loaders = wanted.length > 0 ? wanted.map(([, load]) => load) : Object.values(commands);
  for (const load of loaders) (await load())(program);
  return program;
}
