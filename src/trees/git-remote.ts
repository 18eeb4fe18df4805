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
export const gitFailed = (what: string) => (errors: string) =>
  new RegistrarError("git-failed", `${what}: ${errors}. It is tried again.`);

/** Words of git, curl and ssh where the other side answered, or could not be trusted: trying again alone helps nothing. */
const answered =
  /does not (?:appear to be a git repository|exist)|not found|authentication failed|could not read (?:username|password)|permission denied|access denied|host key verification|certificate|requested URL returned error: (?:40[0-7]|41\d)|not allowed/i;

/** And where nothing did, or only for now. */
const silent =
  /could not resolve|(?:failed|unable|could not) to connect|couldn't connect|connection (?:refused|reset|closed|timed out)|timed out|unreachable|no route to host|requested URL returned error: (?:5\d\d|429)|hung up|early EOF/i;

const checkAccess = "Check the URL and the credentials";

/**
 * The error of a git that failed to talk to another side: who acts is told from its words, and where those are not known
 * both are named. `left`: what is so of the other side.
 */
export const remoteFailed =
  (what: string, left = "") =>
  (errors: string) => {
    const said = `${what}: ${errors}.`;
    if (silent.test(errors)) return new RegistrarError("upstream-unavailable", `${said} Try again later${left}.`);
    if (answered.test(errors)) return new RegistrarError("remote-refused", `${said} ${checkAccess}.`);
    return new RegistrarError("upstream-unavailable", `${said} Try again later${left}. ${checkAccess} if it stays so.`);
  };
