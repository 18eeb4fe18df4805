import { Command } from "commander";
import { addAdopt } from "./adopt.ts";
import { addBump } from "./bump.ts";
import { addInit } from "./init.ts";
import { addKeys } from "./keys.ts";
import { exitCodes } from "./output.ts";
import { addPublish } from "./publish.ts";
import { addReplay } from "./replay.ts";
import { addSandbox } from "./sandbox.ts";
import { addServe } from "./serve.ts";
import { addValidate } from "./validate.ts";
import { addVerify } from "./verify.ts";
import { addWhy } from "./why.ts";

/** Every command, in the order of `--help`. */
const commands = [
  addSandbox,
  addInit,
  addAdopt,
  addValidate,
  addPublish,
  addServe,
  addVerify,
  addKeys,
  addWhy,
  addBump,
  addReplay,
];

export function buildProgram(): Command {
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
  ${exitCodes.internal}  a fault of Registrar's own`,
    )
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? exitCodes.ok : exitCodes.usage);
    });
  for (const add of commands) add(program);
  return program;
}
