import type { RegistryHost } from "../github/port.ts";
import { carryOutElsewhere } from "../policy/commands/carry-out.ts";
import { pendingComments } from "../policy/commands/pending-comments.ts";
import { renderAnswer } from "../policy/messages/command-answers.ts";
import { recordPath } from "../registry/address.ts";
import { RegistrarError } from "../registry/errors.ts";
import { readBase } from "./base.ts";

/** What a comment asks for: nothing that is not done, a review of an open pull request, or what is possible elsewhere. */
export type Commanded =
  | { readonly kind: "nothing" }
  | { readonly kind: "review" }
  | { readonly kind: "answered"; readonly answers: number; readonly bumps: readonly string[] };

/**
 * Looks for commands that nobody has answered, in one request. On an open pull request its review carries them out;
 * elsewhere only releases can be looked for, and the rest is answered here.
 */
export async function answerCommands(host: RegistryHost, number: number): Promise<Commanded> {
  const [{ botId, defaultBranch }, comments] = await Promise.all([host.readIdentity(), host.listComments(number)]);
  const pending = pendingComments(comments, botId);
  if (pending.length === 0) return { kind: "nothing" };
  if (await isOpenPullRequest(host, number)) return { kind: "review" };
  const base = await readBase(host, defaultBranch);
  const { answers, bumps } = carryOutElsewhere(pending, (address) => {
    const path = recordPath(address, base.layout);
    return base.files.some((file) => file.path === path) ? path : null;
  });
  for (const answer of answers) await host.createComment(number, renderAnswer(answer, null));
  return { kind: "answered", answers: answers.length, bumps };
}

/** What is no pull request is an issue. */
async function isOpenPullRequest(host: RegistryHost, number: number): Promise<boolean> {
  try {
    return (await host.readPullRequest(number)).state === "open";
  } catch (error) {
    if (error instanceof RegistrarError && error.code === "github-missing") return false;
    throw error;
  }
}
