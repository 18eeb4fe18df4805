import { RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";

/** A publish target as somebody names it. */
export type TargetAddress =
  | {
      readonly kind: "directory";
      /** As written; relative ones are meant from the working folder. */
      readonly path: string;
    }
  | {
      readonly kind: "git-branch";
      readonly repository: GitRepository;
      readonly branch: string;
    }
  | {
      readonly kind: "s3";
      readonly bucket: string;
      /** Without slashes at its ends; empty: the whole bucket. */
      readonly prefix: string;
    };

/** `own`: the repository of the registry itself. */
export type GitRepository =
  | { readonly kind: "own" }
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "url"; readonly url: string };

const defaultBranch = "host";

/** Parses `dir:PATH`, `git:REPOSITORY#BRANCH` (`git:#BRANCH` for the registry's own repository), `s3://BUCKET/PREFIX`. */
export function parseTarget(text: string): TargetAddress {
  const colon = text.indexOf(":");
  const kind = colon < 0 ? "" : text.slice(0, colon);
  const rest = text.slice(colon + 1);
  const parsed = rest.includes("\0") ? "has a character that no path can have" : parseKind(kind, rest);
  if (typeof parsed !== "string") return parsed;
  throw new RegistrarError("bad-argument", `The publish target ${shown(text)} ${parsed}.`);
}

/** What it is, or what is wrong with it. */
function parseKind(kind: string, rest: string): TargetAddress | string {
  if (kind === "dir") return rest === "" ? "names no folder; write dir:PATH" : { kind: "directory", path: rest };
  if (kind === "git") return parseGit(rest);
  if (kind === "s3") return parseS3(rest);
  const known = "expected dir:PATH, git:REPOSITORY#BRANCH or s3://BUCKET/PREFIX, for example dir:/srv/registry";
  // A Windows path also has a colon, after one letter.
  return kind.length > 1 ? `has the unknown kind ${quoted(kind)}; ${known}` : `does not say what kind it is; ${known}`;
}

function parseGit(text: string): TargetAddress | string {
  const hash = text.lastIndexOf("#");
  const name = hash < 0 ? text : text.slice(0, hash);
  const branch = hash < 0 ? defaultBranch : text.slice(hash + 1);
  if (text === "") return "names no repository; write git:REPOSITORY#BRANCH, or git:#BRANCH for the registry's own";
  const problem = branchProblem(branch);
  if (problem !== undefined) return problem;
  const repository = parseRepository(name);
  return typeof repository === "string" ? repository : { kind: "git-branch", repository, branch };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; a prefix needs no quoting anywhere. */
function parseS3(text: string): TargetAddress | string {
  const [, bucket, rest = ""] = /^\/\/([0-9a-z][0-9a-z.-]{1,61}[0-9a-z])(?:\/(.*))?$/s.exec(text) ?? [];
  if (bucket === undefined) {
    return 'names no bucket that there can be: expected 3 to 63 small letters, digits, "." and "-"; write s3://BUCKET or s3://BUCKET/PREFIX';
  }
  const prefix = rest.replace(/\/$/, "");
  const isName = (part: string) => /^(?!\.\.?$)[0-9A-Za-z._-]+$/.test(part);
  if (prefix === "" || (prefix.length <= 200 && prefix.split("/").every(isName))) return { kind: "s3", bucket, prefix };
  return `has ${quoted(prefix)} for a prefix; expected letters, digits, ".", "_", "-" and "/" between names`;
}

function parseRepository(name: string): GitRepository | string {
  if (name === "") return { kind: "own" };
  // https://git-scm.com/docs/git-clone#_git_urls. Before the colon of a Windows path stands one letter.
  const isShort = /^(?:[^/@:]+@)?[^/@:]{2,}:(?!\/\/)/.test(name);
  const protocol = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(name)?.[1];
  if (protocol === undefined) {
    if (!isShort) return { kind: "folder", path: name };
    if (/^(?:[^/@:]+@)?[^/@:]+::/.test(name)) return "names a helper program of git; write a path or an ordinary URL";
    return name.startsWith("-") ? "begins with a hyphen" : { kind: "url", url: name };
  }
  if (!["https", "http", "ssh", "file"].includes(protocol)) {
    return `has the protocol ${quoted(protocol)}; expected https, http, ssh or file`;
  }
  if (!URL.canParse(name)) return "names no repository: its URL cannot be read";
  const { username, password } = new URL(name);
  if (password !== "" || (username !== "" && protocol !== "ssh")) {
    // Arguments and settings are read by more people than a token may be.
    return "has a user name or password in it; leave them out, and give git a credential helper or GITHUB_TOKEN";
  }
  return { kind: "url", url: name };
}

/** https://git-scm.com/docs/git-check-ref-format, narrowed to what needs no quoting anywhere. */
function branchProblem(branch: string): string | undefined {
  if (branch === "") return "names no branch after #; write git:REPOSITORY#host";
  // Git would make refs/heads/refs/heads/host of it.
  if (branch.startsWith("refs/")) {
    const bare = branch.replace(/^refs\/heads\//, "");
    const name = bare.startsWith("refs/") || branchProblem(bare) !== undefined ? defaultBranch : bare;
    return `has a whole ref for a branch; write git:#${name}, or git:REPOSITORY#${name}`;
  }
  const parts = branch.split("/");
  const isName = (part: string) => /^[0-9A-Za-z_][0-9A-Za-z._-]*$/.test(part) && !/\.lock$|\.$|\.\./.test(part);
  if (parts.every(isName) && branch !== "HEAD" && branch.length <= 200) return undefined;
  return `has ${quoted(branch)} for a branch; expected a name like host (letters, digits, ".", "_", "-" and "/")`;
}

/** Without what somebody put before the @ of a URL. */
const shown = (text: string): string => quoted(text.replace(/:\/\/[^/@]*@/, "://…@"));
