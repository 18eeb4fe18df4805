import { RegistrarError } from "../registry/errors.ts";

/** Git's settings for talking to one remote repository, and to nothing else. `token` null: with what git has itself. */
export function remoteConfig(url: string, token: string | null): Readonly<Record<string, string>> {
  const basic = Buffer.from(`x-access-token:${token}`).toString("base64");
  return {
    // A redirect or a submodule must not lead to another protocol.
    "protocol.allow": "never",
    [`protocol.${protocolOf(url)}.allow`]: "always",
    // For this address alone: a redirect to another host must not carry the token along.
    ...(token === null ? {} : { [`http.${url}.extraHeader`]: `Authorization: Basic ${basic}` }),
  };
}

/** `git@github.com:owner/name.git` is ssh too (https://git-scm.com/docs/git-clone#_git_urls). */
const protocolOf = (url: string): string => /^([a-z][a-z0-9+.-]*):\/\//.exec(url)?.[1] ?? "ssh";

/** The error of a git that ended badly. */
export const gitFailed =
  (what: string, next = "It is tried again.") =>
  (errors: string) =>
    new RegistrarError("git-failed", `${what}: ${errors === "" ? "git gave no reason" : errors}. ${next}`);
