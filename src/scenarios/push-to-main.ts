import { people, registryRepository } from "./demo.ts";
import type { Show } from "./scenario.ts";

/** The registry's owner pushes straight to the default branch; for scenarios with `ownerBypasses`. */
export const pushToMain = (
  { stage }: Show,
  files: Readonly<Record<string, string | null>>,
  message: string,
): Promise<unknown> =>
  stage.sandbox.as(people.owner).commit({ repository: registryRepository, branch: "main", files, message });
