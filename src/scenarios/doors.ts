import { errorMessage } from "../registry/errors.ts";
import type { ReleaseWish } from "./author.ts";
import { people, registryRepository } from "./demo.ts";
import type { Stage } from "./stage.ts";

export const releaseDoor = "/_sandbox/release";
export const tagDoor = "/_sandbox/tag";
export const approveDoor = "/_sandbox/approve";
export const commentDoor = "/_sandbox/comment";

/** What another process asks of a provider's author in a running sandbox. */
export interface ReleaseRequest extends Omit<ReleaseWish, "published"> {
  /** `namespace/type` */
  readonly address: string;
}

/** What it asks of a module's author. */
export interface TagRequest {
  /** `namespace/name/system` */
  readonly address: string;
  /** E.g. `v1.2.0`. */
  readonly tag: string;
}

export interface ApproveRequest {
  readonly number: number;
}

export interface CommentRequest {
  readonly number: number;
  readonly body: string;
  /** A login of the sandbox. */
  readonly by: string;
}

/** Lets other processes on this machine act as people of the sandbox. */
export function addDoors(stage: Stage): void {
  addDoor<ReleaseRequest>(stage, releaseDoor, (request) => release(stage, request));
  addDoor<TagRequest>(stage, tagDoor, (request) => tag(stage, request));
  addDoor<ApproveRequest>(stage, approveDoor, (request) => approve(stage, request));
  addDoor<CommentRequest>(stage, commentDoor, async ({ by, ...wish }) => ({
    id: await stage.sandbox.as(by).comment({ repository: registryRepository, ...wish }),
  }));
}

type Answer = Readonly<Record<string, unknown>> | { readonly error: string };

/** One POST with a JSON body, answered with 201, or with 422 and `error`. */
function addDoor<T>({ sandbox }: Stage, path: string, act: (request: T) => Promise<Answer>): void {
  sandbox.handle(path, async (_request, response, body) => {
    const attempt = async () => act(JSON.parse(body.toString("utf8")) as T);
    const answer = await attempt().catch((error): Answer => ({ error: errorMessage(error) }));
    response.writeHead("error" in answer ? 422 : 201, { "content-type": "application/json" });
    response.end(JSON.stringify(answer));
  });
}

async function release({ authors }: Stage, { address, ...wish }: ReleaseRequest): Promise<Answer> {
  const nameOf = ({ provider }: Stage["authors"][number]) => `${provider.namespace}/${provider.type}`;
  const author = authors.find((one) => nameOf(one) === address);
  if (author === undefined) return unknown("provider", address, authors.map(nameOf));
  if (!/^\d[0-9A-Za-z.+-]{0,99}$/.test(wish.version)) {
    return { error: `The version must look like 1.3.0, without v, got ${JSON.stringify(wish.version)}.` };
  }
  const { url } = await author.cutRelease(wish);
  return { url, repository: author.repository };
}

async function tag({ moduleAuthors }: Stage, wish: TagRequest): Promise<Answer> {
  const nameOf = ({ module: { namespace, name, system } }: Stage["moduleAuthors"][number]) =>
    `${namespace}/${name}/${system}`;
  const author = moduleAuthors.find((one) => nameOf(one) === wish.address);
  if (author === undefined) return unknown("module", wish.address, moduleAuthors.map(nameOf));
  if (!/^v?\d[0-9A-Za-z.+-]{0,99}$/.test(wish.tag)) {
    return { error: `The tag must look like v1.3.0, got ${JSON.stringify(wish.tag)}.` };
  }
  const { url } = await author.tag({ tag: wish.tag });
  return { url, repository: author.repository };
}

const unknown = (kind: string, address: string, known: readonly string[]): Answer => ({
  error: `There is no ${kind} ${JSON.stringify(address)} in the sandbox; expected one of ${known.join(", ")}.`,
});

async function approve({ sandbox }: Stage, { number }: ApproveRequest): Promise<Answer> {
  return sandbox
    .as(people.maintainer)
    .review({ repository: registryRepository, number, event: "APPROVE" })
    .then(
      () => ({}),
      (error) => ({ error: `Pull request ${number} cannot be approved: ${errorMessage(error)}.` }),
    );
}
