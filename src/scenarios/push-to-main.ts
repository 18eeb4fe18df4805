import { people, registryRepository } from "./demo.ts";
import type { GitHubSide } from "./github-side.ts";

/** The registry's owner pushes straight to the default branch; for scenarios with `ownerBypasses`. */
export const pushToMain = (
  { sandbox }: Pick<GitHubSide, "sandbox">,
  files: Readonly<Record<string, string | null>>,
  message: string,
): Promise<string> =>
  sandbox.as(people.owner).commit({ repository: registryRepository, branch: "main", files, message });
