import { errorMessage } from "../registry/errors.ts";
import type { ReleaseWish } from "./author.ts";
import { people, registryRepository } from "./demo.ts";
import type { Stage } from "./stage.ts";

export const releaseDoor = "/_sandbox/release";
export const approveDoor = "/_sandbox/approve";

/** What another process asks of a running sandbox's author. */
export interface ReleaseRequest extends Omit<ReleaseWish, "published"> {
  /** `namespace/type` */
  readonly address: string;
}

export type ReleaseAnswer = { readonly url: string; readonly repository: string } | { readonly error: string };

/** Lets other processes on this machine act as people of the sandbox. */
export function addDoors(stage: Stage): void {
  addReleaseDoor(stage);
  stage.sandbox.handle(approveDoor, async (_request, response, body) => {
    const { number } = JSON.parse(body.toString("utf8")) as { number: number };
    const answer = await stage.sandbox
      .as(people.maintainer)
      .review({ repository: registryRepository, number, event: "APPROVE" })
      .then(
        () => ({}),
        (error) => ({ error: `Pull request ${number} cannot be approved: ${errorMessage(error)}.` }),
      );
    response.writeHead("error" in answer ? 422 : 201, { "content-type": "application/json" });
    response.end(JSON.stringify(answer));
  });
}

function addReleaseDoor({ sandbox, authors }: Stage): void {
  sandbox.handle(releaseDoor, async (_request, response, body) => {
    const answer = await cut().catch((error): ReleaseAnswer => ({ error: errorMessage(error) }));
    response.writeHead("error" in answer ? 422 : 201, { "content-type": "application/json" });
    response.end(JSON.stringify(answer));

    async function cut(): Promise<ReleaseAnswer> {
      const { address, ...wish } = JSON.parse(body.toString("utf8")) as ReleaseRequest;
      const author = authors.find(({ provider }) => `${provider.namespace}/${provider.type}` === address);
      if (author === undefined) {
        const known = authors.map(({ provider }) => `${provider.namespace}/${provider.type}`).join(", ");
        return { error: `There is no provider ${JSON.stringify(address)} in the sandbox; expected one of ${known}.` };
      }
      if (!/^\d[0-9A-Za-z.+-]{0,99}$/.test(wish.version)) {
        return { error: `The version must look like 1.3.0, without v, got ${JSON.stringify(wish.version)}.` };
      }
      const { url } = await author.cutRelease(wish);
      return { url, repository: author.repository };
    }
  });
}
