import type { RepositoryContext } from "./octokit-context.ts";
import type { IssueComment, RegistryReader } from "./port.ts";

type CommentReader = Pick<RegistryReader, "listComments" | "listCommentsSince" | "findComment">;

/** Pages of a hundred that one look at a whole repository reads. */
const mostPages = 10;

/** Comments of issues and pull requests, which GitHub takes for one. */
export function commentReader(
  { client, here, tried }: RepositoryContext,
  botId: () => Promise<number | null>,
): CommentReader {
  const { rest } = client;
  const listComments = async (number: number): Promise<readonly IssueComment[]> => {
    const comments = await tried(`reading the comments of pull request ${number}`, () =>
      client.paginate(rest.issues.listComments, { ...here, issue_number: number, per_page: 100 }),
    );
    return comments.map((comment) => commentOf(comment, number));
  };
  return {
    listComments,

    listCommentsSince: async (since) => {
      let pages = 0;
      const comments = await tried("reading the newest comments", () =>
        client.paginate(
          rest.issues.listCommentsForRepo,
          { ...here, since, sort: "updated", direction: "desc", per_page: 100 },
          ({ data }, done) => {
            pages += 1;
            if (pages === mostPages) done();
            return data;
          },
        ),
      );
      return comments.map((comment) => commentOf(comment, numberIn(comment.issue_url)));
    },

    findComment: async (number, marker) => {
      const bot = await botId();
      if (bot === null) return null;
      const own = (await listComments(number)).find(({ author, body }) => author.id === bot && body.startsWith(marker));
      return own === undefined ? null : { id: own.id, body: own.body };
    },
  };
}

interface CommentAnswer {
  readonly id: number;
  readonly body?: string;
  readonly user: { readonly id: number; readonly login: string; readonly type: string } | null;
  readonly created_at: string;
  readonly updated_at: string;
}

const commentOf = ({ id, body, user, created_at, updated_at }: CommentAnswer, number: number): IssueComment => ({
  id,
  number,
  author: { id: user?.id ?? 0, login: user?.login ?? "ghost", isBot: user?.type !== "User" },
  body: body ?? "",
  createdAt: created_at,
  updatedAt: updated_at,
});

const numberIn = (issueUrl: string): number => Number(/\/(\d+)$/.exec(issueUrl)?.[1] ?? 0);
