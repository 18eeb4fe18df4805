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
  const own = (name: string) => name === "" || name === ".nojekyll" || name.startsWith(".registrar/");
  const names = git(folder, "ls-tree", "-r", "-z", "--name-only", commit)
    .split("\0")
    .filter((name) => !own(name));
  const output = execFileSync("git", [`--git-dir=${folder}`, "cat-file", "--batch"], {
    input: names.map((name) => `${commit}:${name}\n`).join(""),
  });
  const files: Record<string, string> = {};
  let at = 0;
  for (const name of names) {
    const end = output.indexOf("\n", at);
    const size = Number(output.toString("utf8", at, end).split(" ")[2]);
    files[name] = output.toString("utf8", end + 1, end + 1 + size);
    at = end + 2 + size;
  }
  return files;
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
