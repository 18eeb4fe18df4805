import type { Rights } from "../policy/commands/carry-out.ts";
import type { PendingComment } from "../policy/commands/pending-comments.ts";
import { RegistrarError } from "../registry/errors.ts";
import { repositoryOn } from "../registry/record.ts";
import type { Reading } from "../upstream/evidence.ts";
import type { ReviewContext, ReviewFacts } from "./read-review.ts";

type Person = PendingComment["comment"]["author"];

/** Of more records than a pull request of others may touch, nobody's repository is looked up. */
const mostRecords = 10;

/** What the authors of these comments may do now, as far as their commands ask for a right. */
export async function readRights(
  context: ReviewContext,
  facts: ReviewFacts,
  comments: readonly PendingComment[],
): Promise<ReadonlyMap<number, Rights>> {
  const { host } = context;
  const asking = (kinds: readonly string[]) =>
    comments.filter(
      ({ lines, tooMany }) => !tooMany && lines.some(({ read }) => read.ok && kinds.includes(read.command.kind)),
    );
  const stoppers = new Set(asking(["stop", "resume"]).map(({ comment }) => comment.author.id));
  const waivers = asking(["waive"]);
  const people = new Map(asking(["stop", "resume", "waive"]).map(({ comment: { author } }) => [author.id, author]));
  if (people.size === 0) return new Map();
  const { author, headSha } = facts.pullRequest;
  const interested = new Set([author.id, ...(waivers.length > 0 ? await host.readCommitPeople(headSha) : [])]);
  const entries = [...people.values()].map(async (person): Promise<readonly [number, Rights]> => {
    const maintains = await host.maintains(person.login, person.id);
    const owns = !maintains && stoppers.has(person.id) ? await readOwnership(context, facts, person) : "none";
    return [person.id, { maintains, interested: interested.has(person.id), owns }];
  });
  return new Map(await Promise.all(entries));
}

/** By the owner that the base's record knows, or else by whom the repository belongs to now. */
async function readOwnership(context: ReviewContext, facts: ReviewFacts, person: Person): Promise<Rights["owns"]> {
  const { records } = facts.input.change;
  if (records.length === 0 || records.length > mostRecords) return "none";
  const owned = await Promise.all(
    records.map(async ({ path, before, after }) => {
      const tip = facts.input.tips[path] ?? null;
      const recorded = (tip ?? before)?.head.owner_id;
      if (recorded !== undefined && recorded === person.id) return true;
      const source = tip ?? before ?? after;
      const repository = source === null ? undefined : repositoryOn(context.serverUrl, source, facts.base.settings);
      if (repository === undefined) return false;
      const read = known(await context.upstream.readRepository(repository));
      // A repository that has changed hands is nobody's until a maintainer has looked at it.
      if (read === null || (recorded !== undefined && recorded !== read.ownerId)) return false;
      if (read.ownerId === person.id) return true;
      const organization = read.fullName.split("/", 1)[0] ?? "";
      return known(await context.keySources.isPublicMember(organization, person.login))?.member === true;
    }),
  );
  if (!owned.includes(true)) return "none";
  return owned.every((own) => own) ? "all" : "some";
}

/** Nobody is told to have no right because GitHub did not answer. */
function known<T>(read: Reading<T>): T | null {
  if (read.kind === "found") return read;
  if (read.kind === "missing") return null;
  const retryAt = read.retryAt === null ? {} : { retryAt: new Date(read.retryAt) };
  throw new RegistrarError("upstream-unavailable", read.reason, retryAt);
}
