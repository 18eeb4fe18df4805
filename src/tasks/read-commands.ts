import type { Note, PullRequest, RegistryReader } from "../github/port.ts";
import { type Answer, type Carried, carryOut } from "../policy/commands/carry-out.ts";
import { answeredStops, type PendingComment, pendingComments } from "../policy/commands/pending-comments.ts";
import { keepWaivers, keptStop, keptWaivers, type Stop } from "../policy/kept.ts";
import { stopNote } from "../policy/messages/stopping.ts";
import { findWaived, type WaivedFinding, type Waiver } from "../policy/waiver.ts";
import { recordPath } from "../registry/address.ts";
import type { Verdict } from "../rules/verdict.ts";
import { ownRun, verdictPostedAt } from "./read-approvals.ts";
import type { ReviewContext, ReviewFacts } from "./read-review.ts";
import { readRights } from "./read-rights.ts";

/** What people have commanded about a pull request, and what is to be written because of it. */
export interface CommandFacts {
  readonly stop: Stop | null;
  readonly waived: readonly WaivedFinding[];
  readonly recheck: boolean;
  /** Paths of records whose releases are to be looked at. */
  readonly bumps: readonly string[];
  readonly note: Note | null;
  readonly answers: readonly Answer[];
  /** What the check run keeps of the head. */
  readonly kept: string;
}

export const noCommands: CommandFacts = {
  stop: null,
  waived: [],
  recheck: false,
  bumps: [],
  note: null,
  answers: [],
  kept: "",
};

/**
 * Reads the commands that nobody has answered yet, with what is kept of earlier ones, and carries them out. Where nothing is
 * kept of a stop that was answered (GitHub forgets checks after 400 days), its comment is believed once more.
 */
export async function readCommands(
  context: ReviewContext,
  facts: ReviewFacts,
  /** What is judged, and what its check run is recognised by. */
  { verdict, identity }: { readonly verdict: Verdict; readonly identity: string },
): Promise<CommandFacts> {
  const { host } = context;
  const { pullRequest, base, input } = facts;
  const { number, headSha } = pullRequest;
  const [{ botId }, note, comments] = await Promise.all([
    host.readIdentity(),
    pullRequest.untouched === true ? null : host.readNote(number),
    listComments(host, pullRequest),
  ]);
  const stop = note === null ? null : keptStop(note.kept);
  const known = keptWaivers(ownRun(facts)?.kept ?? "").filter((waiver) => waiver.headSha === headSha);
  const forgotten = stop === null ? answeredStops(comments, botId) : [];
  const pending = pendingComments(comments, botId);
  const all = [...forgotten, ...pending].sort((a, b) => a.comment.id - b.comment.id);
  const carried =
    all.length === 0
      ? { stop, waivers: known, answers: [], bumps: [], recheck: false }
      : carryOut(all, {
          headSha,
          verdict,
          verdictPostedAt: verdictPostedAt(facts, identity),
          hasCheck: facts.duplicateOf === null,
          rights: await readRights(context, facts, all),
          stop,
          waivers: known,
          pathOf: (address) => {
            const path = recordPath(address, base.layout);
            return base.files.some((file) => file.path === path) ? path : null;
          },
          ownRecords: input.byRegistrar ? input.change.records.map(({ path }) => path) : [],
        });
  const waivers = await stillMaintainers(host, carried.waivers);
  return {
    stop: carried.stop,
    waived: findWaived(verdict, { waivers, headSha }),
    recheck: carried.recheck,
    bumps: carried.bumps,
    note: carried.stop === null || carried.stop === stop ? null : stopNote(number, carried.stop),
    answers: answersTo(pending, carried),
    kept: keepWaivers(carried.waivers),
  };
}

const listComments = async (host: RegistryReader, { number, comments }: PullRequest) =>
  comments === 0 ? [] : host.listComments(number);

const answersTo = (pending: readonly PendingComment[], { answers }: Pick<Carried, "answers">): readonly Answer[] =>
  answers.filter(({ comment }) => pending.some((one) => one.comment === comment));

/** A waiver counts as long as whoever gave it could give it now. */
async function stillMaintainers(host: RegistryReader, waivers: readonly Waiver[]): Promise<readonly Waiver[]> {
  const rights = await Promise.all(waivers.map(({ by }) => host.maintains(by.login, by.id)));
  return waivers.filter((_waiver, index) => rights[index] === true);
}
