import type { PullRequest } from "../github/port.ts";
import { sameName } from "../registry/address.ts";
import { turnLabels } from "./messages/turn-labels.ts";

/** GitHub tells each of them by mail, so a few are enough. */
const most = 2;

/** A person who may approve what is held. */
export interface Maintainer {
  readonly id: number;
  readonly login: string;
}

/**
 * Whether maintainers are still to be asked: when their turn begins, and not again while the label says that it is theirs.
 * Whoever takes a request back is not asked a second time.
 */
export const areToBeAsked = ({ labels, requestedReviewers = [] }: PullRequest): boolean =>
  requestedReviewers.length === 0 && !labels.some((label) => sameName(label, turnLabels.maintainer.name));

/**
 * Logins of the maintainers who are asked for a review: never who has an interest in it, since their approval would not
 * count. Who it is goes round with the pull request's number, so that not always the same are asked. Pure.
 */
export function chooseReviewers({
  number,
  maintainers,
  interested,
}: {
  readonly number: number;
  readonly maintainers: readonly Maintainer[];
  /** Ids of who opened the pull request, and who wrote and committed its head. */
  readonly interested: readonly number[];
}): readonly string[] {
  const able = maintainers.filter(({ id }) => !interested.includes(id)).toSorted((a, b) => a.id - b.id);
  const first = able.length === 0 ? 0 : number % able.length;
  return [...able.slice(first), ...able.slice(0, first)].slice(0, most).map(({ login }) => login);
}
