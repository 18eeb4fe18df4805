import type { Repository } from "../entities/repository.ts";
import type { Label, PullThread, Thread } from "../entities/thread.ts";
import { notFound, validationFailed } from "../errors.ts";
import { presentIssue, presentLabel } from "../present/thread.ts";
import { accountOf, type Viewer } from "../viewer.ts";
import { emit } from "../webhooks/emit.ts";
import { time, type World } from "../world.ts";
import { tellPull } from "./pull-state.ts";

export function findLabel(repository: Repository, name: string): Label | undefined {
  return repository.labels.find((label) => label.name.toLowerCase() === name.toLowerCase());
}

export function createLabel(
  world: World,
  repository: Repository,
  {
    name,
    color = "ededed",
    description = null,
  }: { name: string; color?: string | undefined; description?: string | null | undefined },
): Label {
  if (findLabel(repository, name) !== undefined) {
    throw validationFailed({ resource: "Label", code: "already_exists", field: "name" });
  }
  if (!/^[0-9a-f]{6}$/i.test(color)) throw validationFailed({ resource: "Label", code: "invalid", field: "color" });
  const label: Label = { id: world.store.nextId(), name, color: color.toLowerCase(), description };
  repository.labels.push(label);
  return label;
}

/** A label that the repository does not have yet is made. */
export async function addLabels(
  world: World,
  thread: Thread,
  { viewer, names }: { viewer: Viewer; names: readonly string[] },
): Promise<void> {
  for (const name of names) {
    const label = findLabel(thread.repository, name) ?? createLabel(world, thread.repository, { name });
    if (thread.labels.includes(label)) continue;
    thread.labels = [...thread.labels, label];
    await tell(world, thread, { viewer, action: "labeled", label });
  }
}

export async function removeLabel(
  world: World,
  thread: Thread,
  { viewer, name }: { viewer: Viewer; name: string },
): Promise<void> {
  const label = thread.labels.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  if (label === undefined) throw notFound("Label does not exist");
  thread.labels = thread.labels.filter((other) => other !== label);
  await tell(world, thread, { viewer, action: "unlabeled", label });
}

/** What is not named is taken off. */
export async function setLabels(
  world: World,
  thread: Thread,
  { viewer, names }: { viewer: Viewer; names: readonly string[] },
): Promise<void> {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  for (const { name } of thread.labels.filter((label) => !wanted.has(label.name.toLowerCase()))) {
    await removeLabel(world, thread, { viewer, name });
  }
  await addLabels(world, thread, { viewer, names });
}

async function tell(
  world: World,
  thread: Thread,
  { viewer, action, label }: { viewer: Viewer; action: string; label: Label },
): Promise<void> {
  thread.updatedAt = time();
  const by = accountOf(viewer);
  const more = { label: presentLabel(world, thread.repository, label) };
  if (thread.pull !== null) return tellPull(world, thread as PullThread, { by, action, more });
  await emit(world, {
    repository: thread.repository,
    event: "issues",
    action,
    sender: by,
    payload: () => ({ issue: presentIssue(world, thread), ...more }),
  });
}
