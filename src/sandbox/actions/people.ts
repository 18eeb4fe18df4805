import type { Account } from "../entities/account.ts";
import type { Person } from "../git/objects.ts";
import { time } from "../world.ts";

/** https://docs.github.com/account-and-profile/reference/email-addresses-reference */
export function personOf({ id, login }: Account, date = time()): Person {
  return { name: login, email: `${id}+${login}@users.noreply.github.com`, date };
}

/** The committer of what GitHub commits itself (merges, edits through the API without an author). */
export function github(date = time()): Person {
  return { name: "GitHub", email: "noreply@github.com", date };
}
