import { demand, seesDrafts } from "../../access.ts";
import { latestRelease } from "../../actions/releases.ts";
import type { Repository } from "../../entities/repository.ts";
import { listRefs, type Ref, readRef } from "../../git/refs.ts";
import { peel } from "../../git/resolve.ts";
import { html } from "../../present/git.ts";
import { nodeId } from "../../present/node-id.ts";
import { nameOf } from "../../store.ts";
import { PAGE_ARGUMENTS, takePage } from "../page.ts";
import { type Call, type Fields, optional, type Sources, value } from "../sources.ts";
import { accountValue } from "./account.ts";
import { gitObject, objectByExpression } from "./git.ts";

export const repository: Fields<Repository> = {
  id: ({ id }) => nodeId("Repository", id),
  databaseId: ({ id }) => id,
  name: ({ name }) => name,
  nameWithOwner: nameOf,
  description: ({ description }) => description,
  url: (one, { world }) => html(world, one),
  resourcePath: (one) => `/${nameOf(one)}`,
  isPrivate: (one) => one.private,
  visibility: (one) => (one.private ? "PRIVATE" : "PUBLIC"),
  isArchived: ({ archived }) => archived,
  isDisabled: () => false,
  isFork: ({ parent }) => parent !== null,
  parent: ({ parent }) => optional("Repository", parent),
  createdAt: ({ createdAt }) => createdAt,
  updatedAt: ({ updatedAt }) => updatedAt,
  pushedAt: ({ pushedAt }) => pushedAt,
  owner: ({ owner }) => accountValue(owner),
  licenseInfo: ({ license }) => optional("License", license),
  defaultBranchRef: (one, call) => {
    reading(one, call);
    return refValue(one, { name: `refs/heads/${one.defaultBranch}`, prefix: "refs/heads/" });
  },
  ref: {
    takes: ["qualifiedName"],
    resolve: async (one, call) => {
      reading(one, call);
      const name = call.args.needed("qualifiedName");
      // Without `refs/` GitHub looks among branches first, then among tags.
      const names = name.startsWith("refs/") ? [name] : [`refs/heads/${name}`, `refs/tags/${name}`];
      for (const full of names) {
        const found = await refValue(one, { name: full, prefix: full.split("/", 2).join("/").concat("/") });
        if (found !== null) return found;
      }
      return null;
    },
  },
  refs: { takes: [...PAGE_ARGUMENTS, "refPrefix", "query", "orderBy", "direction"], resolve: listedRefs },
  object: {
    takes: ["expression", "oid"],
    resolve: (one, call) => {
      reading(one, call);
      const oid = call.args.text("oid");
      return oid === undefined ? objectByExpression(one, call.args.text("expression") ?? "") : gitObject(one, oid);
    },
  },
  releases: {
    takes: [...PAGE_ARGUMENTS, "orderBy"],
    resolve: (one, call) => {
      reading(one, call);
      const { args, world, viewer } = call;
      const order = args.object("orderBy");
      const drafts = seesDrafts(world.store, one, viewer);
      const listed = one.releases
        .filter(({ draft }) => !draft || drafts)
        .map((release) => ({
          sort: order?.text("field") === "NAME" ? (release.name ?? "") : release.createdAt,
          id: String(release.id).padStart(12, "0"),
          source: { repository: one, release },
        }));
      const page = takePage("Release", listed, { args, direction: order?.text("direction") });
      return value("ReleaseConnection", page);
    },
  },
  release: {
    takes: ["tagName"],
    resolve: (one, call) => {
      reading(one, call);
      const release = one.releases.find(({ draft, tag }) => !draft && tag === call.args.needed("tagName")) ?? null;
      return optional("Release", release === null ? null : { repository: one, release });
    },
  },
  latestRelease: (one, call) => {
    reading(one, call);
    const release = latestRelease(one);
    return optional("Release", release === null ? null : { repository: one, release });
  },
};

export const license: Fields<string> = {
  key: (spdx) => spdx.toLowerCase(),
  spdxId: (spdx) => spdx,
};

/** What is in a repository needs more than knowing that it is there. */
function reading(one: Repository, { world, viewer }: Call): void {
  demand(world.store, one, { viewer, need: { permission: "contents", level: "read" } });
}

async function refValue(repository: Repository, { name, prefix }: { name: string; prefix: string }) {
  const sha = await readRef(repository.git, name);
  return optional("Ref", sha === null ? null : { repository, name, prefix, sha });
}

async function listedRefs(one: Repository, call: Call) {
  reading(one, call);
  const { args } = call;
  const prefix = args.needed("refPrefix").replace(/\/*$/, "/");
  const query = args.text("query")?.toLowerCase();
  const order = args.object("orderBy");
  const refs = listRefs(one.git, prefix).filter(
    ({ name }) => query === undefined || name.slice(prefix.length).toLowerCase().includes(query),
  );
  const dates = order?.text("field") === "TAG_COMMIT_DATE" ? await commitDates(one, refs) : null;
  const listed = refs.map(({ name, sha }, index) => ({
    sort: dates === null ? "" : (dates[index] ?? ""),
    id: name,
    source: { repository: one, name, prefix, sha } satisfies Sources["Ref"],
  }));
  const direction = order?.text("direction") ?? args.text("direction");
  return value("RefConnection", takePage("Ref", listed, { args, direction }));
}

/** When the commits behind the refs were made: a tag that is put on an old commit today is old. */
async function commitDates(repository: Repository, refs: readonly Ref[]): Promise<readonly string[]> {
  return Promise.all(
    refs.map(async ({ sha }) => {
      const commit = await peel(repository.git, sha);
      return (commit === null ? null : await repository.git.commit(commit))?.committer.date ?? "";
    }),
  );
}
