import type { Command } from "commander";
import { addKeysCheck } from "./keys-check.ts";
import { addKeysPropose } from "./keys-propose.ts";
import { addKeysVerify } from "./keys-verify.ts";

/** Everything about signing keys. */
export function addKeys(program: Command): void {
  const keys = program
    .command("keys")
    .description("look at signing keys: what one is and verifies, what a signature is worth, which a registry lacks")
    .addHelpText("after", "\nEach of them has --json and a help of its own: registrar keys verify --help");
  addKeysCheck(keys);
  addKeysVerify(keys);
  addKeysPropose(keys);
}
