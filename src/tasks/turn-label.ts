import type { PullRequest, RegistryHost } from "../github/port.ts";
import { turnLabels } from "../policy/messages.ts";
import { sameName } from "../registry/address.ts";

/**
 * Puts the label that says whose turn it is on a pull request, or takes ours off where it is nobody's. Everybody else's
 * labels stay; nothing is written where it would change nothing. Says whether it wrote.
 */
export async function writeTurnLabel(
  host: RegistryHost,
  { number, labels }: Pick<PullRequest, "number" | "labels">,
  { label, dryRun }: { readonly label: string | null; readonly dryRun: boolean },
): Promise<boolean> {
  const own = Object.values(turnLabels);
  const wanted = own.find(({ name }) => name === label);
  // GitHub does not tell capitals from small letters in the names of labels.
  const has = (name: string) => labels.some((known) => sameName(known, name));
  const add = wanted === undefined || has(wanted.name) ? null : wanted;
  const remove = labels.filter((known) => own.some((style) => style !== wanted && sameName(style.name, known)));
  if (add === null && remove.length === 0) return false;
  if (!dryRun) await host.changeLabels({ number, labels, add, remove });
  return true;
}
