import type { Repository } from "../entities/repository.ts";
import { entryAt } from "../git/resolve.ts";

/** What a workflow file says, as far as the sandbox looks at it; null where there is no such file at that commit. */
export interface WorkflowFile {
  readonly name: string;
  readonly runName: string | null;
  /** Null without the trigger `workflow_dispatch`. */
  readonly inputs: ReadonlyMap<string, { readonly required: boolean }> | null;
}

/** By lines and their indentation: files of two spaces, as GitHub's own examples are. */
export async function readWorkflowFile(
  repository: Repository,
  commit: string,
  file: string,
): Promise<WorkflowFile | null> {
  const entry = await entryAt(repository.git, commit, `.github/workflows/${file}`);
  const blob = entry === null ? null : await repository.git.objects.read(entry.sha);
  if (blob === null) return null;
  const lines = blob.content
    .toString("utf8")
    .split("\n")
    .filter((line) => !/^\s*(?:#|$)/.test(line));
  const value = (key: string) => {
    const line = lines.find((one) => one.startsWith(`${key}:`));
    return line === undefined
      ? null
      : line
          .slice(key.length + 1)
          .trim()
          .replace(/^(["'])(.*)\1$/, "$2");
  };
  const dispatch = below(below(lines, 0, "on"), 2, "workflow_dispatch");
  const inputs = below(dispatch ?? [], 4, "inputs") ?? [];
  const names = inputs.flatMap((line) => /^ {6}([\w-]+):\s*$/.exec(line)?.[1] ?? []);
  const required = (name: string) =>
    below(inputs, 6, name)?.some((line) => /^ {8}required: true\b/.test(line)) === true;
  return {
    name: value("name") ?? `.github/workflows/${file}`,
    runName: value("run-name"),
    inputs: dispatch === null ? null : new Map(names.map((name) => [name, { required: required(name) }])),
  };
}

/** The lines below a key of that indentation; null where there is no such key. */
function below(lines: readonly string[] | null, indent: number, key: string): readonly string[] | null {
  const start = lines?.findIndex((line) => line.startsWith(`${" ".repeat(indent)}${key}:`)) ?? -1;
  if (lines === null || start === -1) return null;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.search(/\S/) <= indent);
  return end === -1 ? rest : rest.slice(0, end);
}
