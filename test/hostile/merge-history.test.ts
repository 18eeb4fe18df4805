import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSigner } from "../../src/sandbox/author/index.ts";
import { registryRepository } from "../../src/scenarios/demo.ts";
import { pollUntil } from "../../src/scenarios/poll.ts";
import { type Stage, startStage } from "../../src/scenarios/stage.ts";
import { attackerOf, cloneOf } from "./support.ts";

describe("a head whose history crosses the base's", () => {
  let stage: Stage;
  let seen: { merged: boolean; stolenKey: string | null; newKey: string | null };
  afterAll(() => stage?.stop());

  beforeAll(async () => {
    stage = await startStage({ log: () => {}, pausesMs: [200, 500] });
    const { carl, mia, fork, read, tip, settled, propose, rightBump, find, quiet } = attackerOf(stage);
    const stolen = "keys/globex/releases.asc";
    const compromised = await read(stolen);
    expect(compromised).toContain("BEGIN PGP");

    // A maintainer removes a stolen key; before that is merged, some other bump is.
    const fresh = await createSigner({ name: "Globex new", email: "new@globex.example" });
    const keys = await propose("rotate", { [stolen]: null, "keys/globex/new.asc": fresh.publicKey });
    await settled(keys.number, keys.headSha);
    const other = await rightBump("dns", "1.2.0");
    const bump = await propose("dns-1.2.0", { [other.path]: other.text });
    expect(await settled(bump.number, bump.headSha)).toBe(true);
    const before = await tip();
    await mia.review({ repository: registryRepository, number: keys.number, event: "APPROVE" });
    await pollUntil("the merge of the key", async () => (await find(keys.number))?.merged, { timeoutMs: 40_000 });
    await quiet();
    expect(await read(stolen)).toBeNull();

    // The attacker merges both parents of the last merge himself, with the tree of the first: "theirs" undoes the second.
    const next = await rightBump("dns", "1.3.0");
    const { git, folder } = await cloneOf(stage, registryRepository, carl.token);
    await git("fetch", "--quiet", "origin", "main");
    const second = await git("rev-parse", "origin/main^2");
    await git("checkout", "--quiet", "--detach", before);
    await writeFile(join(folder, next.path), next.text);
    await git("add", "-A");
    const tree = await git("write-tree");
    const evil = await git("commit-tree", tree, "-p", before, "-p", second, "-m", "Add acme/dns 1.3.0");
    await git("push", "--quiet", `${stage.sandbox.serverUrl}/${fork}.git`, `${evil}:refs/heads/evil`);
    const number = await carl.openPullRequest({
      repository: registryRepository,
      head: "carl:evil",
      title: "Add acme/dns 1.3.0",
    });
    const merged = await settled(number, evil);
    seen = { merged, stolenKey: await read(stolen), newKey: await read("keys/globex/new.asc") };
  });

  // SUCCEEDS: merged by itself; the key that a maintainer removed is back, and the one that he added is gone.
  it("cannot take back what a maintainer has merged, by looking like a plain bump", () => {
    expect({ stolen: seen.stolenKey !== null, fresh: seen.newKey !== null }).toEqual({ stolen: false, fresh: true });
  });
});
