import { changeRef } from "../actions/refs.ts";
import type { Repository } from "../entities/repository.ts";
import { notFound, unprocessable } from "../errors.ts";
import { isAncestor } from "../git/history.ts";
import { isRefName, listRefs, type Ref, readRef, ZERO } from "../git/refs.ts";
import { created, noContent, ok } from "../http/answer.ts";
import type { ApiRequest } from "../http/api-request.ts";
import { type Route, read, route, write } from "../http/route.ts";
import { presentRef } from "../present/git.ts";
import type { World } from "../world.ts";

/** https://docs.github.com/rest/git/refs */
export const gitRefRoutes: readonly Route[] = [
  route("GET /repos/{owner}/{repo}/git/ref/{ref}", read("contents"), async ({ world, repository, params }) => {
    const name = `refs/${params.ref ?? ""}`;
    const sha = await readRef(repository.git, name);
    if (sha === null) throw notFound();
    return ok(await present(world, repository, { name, sha }));
  }),
  route(
    "GET /repos/{owner}/{repo}/git/matching-refs/{ref}",
    read("contents"),
    async ({ world, repository, params }) => {
      const refs = listRefs(repository.git, `refs/${params.ref ?? ""}`);
      return ok(await Promise.all(refs.map((ref) => present(world, repository, ref))));
    },
  ),
  route("POST /repos/{owner}/{repo}/git/refs", write("contents"), createRef),
  route("PATCH /repos/{owner}/{repo}/git/refs/{ref}", write("contents"), updateRef),
  route(
    "DELETE /repos/{owner}/{repo}/git/refs/{ref}",
    write("contents"),
    async ({ world, repository, viewer, params }) => {
      const ref = `refs/${params.ref ?? ""}`;
      const before = await readRef(repository.git, ref);
      if (before === null) throw unprocessable("Reference does not exist");
      if (ref === `refs/heads/${repository.defaultBranch}`) throw unprocessable("Cannot delete the default branch");
      await changeRef(world, repository, { viewer, change: { ref, before, after: ZERO } });
      return noContent;
    },
  ),
];

async function createRef({ world, repository, viewer, body }: ApiRequest) {
  const ref = body.needed("ref");
  const after = body.needed("sha");
  if (!isRefName(ref) || !/^refs\/(heads|tags)\/./.test(ref)) {
    throw unprocessable(
      /^refs\/.+\/./.test(ref)
        ? `${ref} is not a valid ref name.`
        : "Reference name must start with 'refs/' and have at least two slashes.",
    );
  }
  const type = await typeOf(repository, after);
  if (type === null || (ref.startsWith("refs/heads/") && type !== "commit"))
    throw unprocessable("Object does not exist");
  if ((await readRef(repository.git, ref)) !== null) throw unprocessable("Reference already exists");
  await changeRef(world, repository, { viewer, change: { ref, before: ZERO, after } });
  return created(await present(world, repository, { name: ref, sha: after }));
}

async function updateRef({ world, repository, viewer, params, body }: ApiRequest) {
  const ref = `refs/${params.ref ?? ""}`;
  const after = body.needed("sha");
  const before = await readRef(repository.git, ref);
  if (before === null) throw unprocessable("Reference does not exist");
  if ((await typeOf(repository, after)) === null) throw unprocessable("Object does not exist");
  if (!(body.flag("force") ?? false) && !(await isAncestor(repository.git, before, after))) {
    throw unprocessable("Update is not a fast forward");
  }
  await changeRef(world, repository, { viewer, change: { ref, before, after } });
  return ok(await present(world, repository, { name: ref, sha: after }));
}

async function typeOf(repository: Repository, sha: string): Promise<string | null> {
  return /^[0-9a-f]{40}$/.test(sha) ? ((await repository.git.objects.info(sha))?.type ?? null) : null;
}

async function present(world: World, repository: Repository, ref: Ref) {
  const type = (await repository.git.objects.info(ref.sha))?.type ?? "commit";
  return presentRef(world, repository, { ...ref, type });
}
