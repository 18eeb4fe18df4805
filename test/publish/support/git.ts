import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { temporaryFolder } from "./temporary-folder.ts";

/** Runs git in a folder and gives what it printed. */
export const git = (folder: string, ...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false", ...args], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 2 ** 28,
  }).trim();

/** A new bare repository without a commit. */
export async function bareRepository(...options: string[]): Promise<string> {
  const folder = join(await temporaryFolder(), "registry.git");
  git("/", "init", "-q", "--bare", "-b", "main", ...options, folder);
  return folder;
}

/** Every file of a commit with its text, save what the target keeps for itself. */
export function committed(folder: string, commit: string): Record<string, string> {
  const names = git(folder, "ls-tree", "-r", "-z", "--name-only", commit).split("\0").filter(isServed);
  const texts = readObjects(
    folder,
    names.map((name) => `${commit}:${name}`),
  );
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? ""]));
}

/** Not what the target keeps for itself, and no client ever asks for. */
export const isServed = (path: string): boolean =>
  path !== "" && path !== ".nojekyll" && !path.startsWith(".registrar/");

/** The texts of objects that are all there, in the order of their names. */
export function readObjects(folder: string, names: readonly string[]): readonly string[] {
  const output = execFileSync("git", [`--git-dir=${folder}`, "cat-file", "--batch"], {
    input: names.map((name) => `${name}\n`).join(""),
    maxBuffer: 2 ** 30,
  });
  let at = 0;
  return names.map(() => {
    const begin = output.indexOf("\n", at) + 1;
    const size = Number(output.toString("latin1", at, begin).split(" ")[2]);
    at = begin + size + 1;
    return output.toString("utf8", begin, begin + size);
  });
}

/** Commits on top of a branch (or as its first commit): a text writes a file, null removes one. */
export async function commitTo(
  folder: string,
  branch: string,
  files: Readonly<Record<string, string | null>>,
): Promise<string> {
  const work = await temporaryFolder();
  const exists = git(folder, "for-each-ref", `refs/heads/${branch}`) !== "";
  const lines = [`commit refs/heads/${branch}`, "committer T <t@example.com> now", "data 4", "hand"];
  if (exists) lines.push(`from refs/heads/${branch}^0`);
  for (const [path, text] of Object.entries(files)) {
    lines.push(
      ...(text === null ? [`D ${path}`] : [`M 100644 inline ${path}`, `data ${Buffer.byteLength(text)}`, text]),
    );
  }
  execFileSync("git", [`--git-dir=${folder}`, "fast-import", "--quiet", "--date-format=now"], {
    cwd: work,
    input: `${lines.join("\n")}\n`,
  });
  return git(folder, "rev-parse", `refs/heads/${branch}`);
}
