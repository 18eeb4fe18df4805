import { registryRepository } from "../../../src/scenarios/demo.ts";
import type { GitHubSide } from "../../../src/scenarios/github-side.ts";
import { pushToMain } from "./by-hand.ts";

/**
 * Moves every record and key of a stage's registry into first-letter folders, in one commit to the default branch. The
 * stage needs an owner who bypasses the rulesets.
 */
export async function letter(stage: GitHubSide, configuration: string): Promise<string> {
  const { sandbox } = stage;
  const get = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`${sandbox.apiUrl}/repos/${registryRepository}/${path}`);
    if (!answer.ok) throw new Error(`The sandbox answered ${answer.status} to ${path}.`);
    return (await answer.json()) as T;
  };
  const { tree } = await get<{ tree: readonly { path: string; type: string; sha: string }[] }>(
    "git/trees/main?recursive=1",
  );
  const files: Record<string, string | null> = { ".github/registrar.yml": configuration };
  for (const { path, type, sha } of tree) {
    const lettered = path.replace(/^(providers|modules|keys)\/([^/])/, (_, root, first: string) => {
      return `${root}/${first.toLowerCase()}/${first}`;
    });
    if (type !== "blob" || lettered === path) continue;
    const { content } = await get<{ content: string }>(`git/blobs/${sha}`);
    files[path] = null;
    files[lettered] = Buffer.from(content, "base64").toString();
  }
  return pushToMain(stage, files);
}
