import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Repository } from "./entities/repository.ts";
import { resolveCommit } from "./git/resolve.ts";

/** `archive/{ref}.zip` and `archive/{ref}.tar.gz`, with or without `refs/tags/`. https://docs.github.com/repositories/working-with-files/using-files/downloading-source-code-archives */
export async function findArchive(
  repository: Repository,
  rest: string,
): Promise<{ format: "zip" | "tar.gz"; commit: string; prefix: string } | null> {
  const [, ref, format] = /^archive\/(.+)\.(zip|tar\.gz)$/.exec(decodeURIComponent(rest)) ?? [];
  const commit = ref === undefined ? null : await resolveCommit(repository.git, ref);
  if (ref === undefined || commit === null) return null;
  // The folder inside is named after repository and ref, a tag's `v` left out.
  const name = ref.replace(/^refs\/(heads|tags)\//, "").replace(/^v(?=\d)/, "");
  return {
    format: format === "zip" ? "zip" : "tar.gz",
    commit,
    prefix: `${repository.name}-${name.replaceAll("/", "-")}/`,
  };
}

export async function sendArchive(
  repository: Repository,
  { format, commit, prefix }: { format: "zip" | "tar.gz"; commit: string; prefix: string },
  response: ServerResponse,
): Promise<void> {
  const { git } = repository;
  const child = git.program.start(git.path, ["archive", `--format=${format}`, `--prefix=${prefix}`, commit]);
  child.stdin.end();
  child.stderr.resume();
  response.writeHead(200, {
    "content-type": format === "zip" ? "application/zip" : "application/x-gzip",
    "content-disposition": `attachment; filename=${prefix.slice(0, -1)}.${format}`,
  });
  await pipeline(child.stdout, response).catch(() => response.destroy());
}
