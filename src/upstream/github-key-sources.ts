import type { GitHubClient } from "../github/client.ts";
import { quoted } from "../registry/plain-text.ts";
import { type DownloadLimits, downloadFile } from "./download.ts";
import { createAsk } from "./github-releases-ask.ts";
import { downloadFailure, largest } from "./github-releases-files.ts";
import type { KeySources } from "./key-sources.ts";
import { checkSignature } from "./signature.ts";

/** As for `githubReleases`. */
interface Options {
  readonly client: GitHubClient;
  readonly anonymous: GitHubClient;
  readonly limits: Pick<DownloadLimits, "hosts" | "protocols">;
}

/** Reads accounts over REST, and the sums of published versions by their download URL. */
export function githubKeySources({ client, anonymous, limits }: Options): KeySources {
  const ask = createAsk({ client, anonymous });
  const small = { ...limits, timeoutMs: 15_000, redirects: 5 };
  const download = async (url: string, maxBytes: number) =>
    Buffer.from(await downloadFile(url, { ...small, maxBytes })).toString("base64");

  return {
    async readAccount(login) {
      const answer = await ask(`reading the account ${quoted(login)}`, ({ rest }) =>
        rest.users.getByUsername({ username: login }),
      );
      if (answer.kind === "missing") return { ...answer, reason: `There is no account ${quoted(login)}.` };
      if (answer.kind !== "found") return answer;
      const { id, login: name, type } = answer.value.data;
      return { kind: "found", id, login: name, isOrganization: type === "Organization" };
    },

    async isPublicMember(organization, login) {
      const answer = await ask(`asking whether ${quoted(login)} is a public member of ${quoted(organization)}`, (one) =>
        one.rest.orgs.checkPublicMembershipForUser({ org: organization, username: login }),
      );
      // 404 says that it is not public, which is not that there is none.
      return answer.kind === "unavailable" ? answer : { kind: "found", member: answer.kind === "found" };
    },

    async listPublicMembers(organization) {
      const answer = await ask(`listing the public members of ${quoted(organization)}`, ({ rest }) =>
        rest.orgs.listPublicMembers({ org: organization, per_page: 100 }),
      );
      return answer.kind === "found"
        ? { kind: "found", logins: answer.value.data.map((member) => member.login) }
        : answer;
    },

    async listProfileKeys(login) {
      const answer = await ask(`listing the keys of ${quoted(login)}`, ({ rest }) =>
        rest.users.listGpgKeysForUser({ username: login, per_page: 100 }),
      );
      if (answer.kind !== "found") return answer;
      const keys = answer.value.data.map((key) => ({ keyId: key.key_id.toUpperCase(), armor: key.raw_key }));
      return { kind: "found", keys };
    },

    async readSignedSums({ sumsUrl, signatureUrl }) {
      try {
        const [sums, signature] = await Promise.all([
          download(sumsUrl, largest.sums),
          download(signatureUrl, largest.signature),
        ]);
        return { kind: "found", sums, signature };
      } catch (error) {
        return downloadFailure(error);
      }
    },

    checkSignature: ({ sums, signature }, under) =>
      checkSignature({ ...under, sums: Buffer.from(sums, "base64"), signature: Buffer.from(signature, "base64") }),
  };
}
