import { describe, expect, it } from "vitest";
import { acceptPush, propose, pushToMain } from "../support/stage/by-hand.ts";
import { aStage } from "../support/stage/stage.ts";

const configuration = ".github/registrar.yml";

describe("an alias in the configuration", () => {
  it("publishes what is merged at its address as well, where no record can be added any more", async () => {
    const stage = await aStage({ ownerBypasses: true });
    const file = await stage.get<{ content: string }>("contents/providers/acme/dns.json");
    const text = Buffer.from(file.content, "base64").toString();
    await pushToMain(stage, { [configuration]: "policy: {settle: 0s}\naliases: {tools/dns: acme/dns}\n" });
    await stage.rest();
    expect(await stage.isPublished("tools/dns", "1.1.0")).toBe(true);
    await stage.dns.cutRelease({ version: "1.2.0" });
    await stage.rest();
    for (const address of ["acme/dns", "tools/dns"]) expect(await stage.isPublished(address, "1.2.0")).toBe(true);
    const { number } = await propose(stage, { branch: "mine", files: { "providers/Tools/dns.json": text } });
    await stage.judged(number, "fail");
    await stage.rest();
    expect(await stage.comment(number)).toMatch(/configuration publishes .*acme\/dns.* at .*tools\/dns/);
    await pushToMain(stage, { [configuration]: "policy: {settle: 0s}\n" });
    await stage.rest();
    expect(await stage.isPublished("tools/dns", "1.2.0")).toBe(false);
    expect(stage.sandbox.violations).toEqual([]);
  });
});

describe("a namespace that is mapped to another account", () => {
  it("is published with that account's keys", async () => {
    const stage = await aStage({ ownerBypasses: true });
    const file = await stage.get<{ content: string }>("contents/providers/acme/dns.json");
    const { repository: _mapped, ...record } = JSON.parse(Buffer.from(file.content, "base64").toString());
    const moved = await pushToMain(stage, {
      [configuration]: "policy: {settle: 0s}\nnamespaces: {tools: {owner: acme}}\n",
      "providers/acme/dns.json": null,
      "providers/tools/dns.json": `${JSON.stringify(record, null, 2)}\n`,
    });
    await acceptPush(stage, moved);
    await stage.dns.cutRelease({ version: "1.2.0" });
    await stage.rest();
    expect(await stage.isPublished("tools/dns", "1.2.0")).toBe(true);
    const answer = await fetch(`${stage.registryUrl}/v1/providers/tools/dns/1.2.0/download/linux/amd64`);
    const { signing_keys } = (await answer.json()) as { signing_keys: { gpg_public_keys: { key_id: string }[] } };
    const ids = signing_keys.gpg_public_keys.map(({ key_id }) => key_id);
    expect(ids).toEqual([stage.dns.signer.fingerprint.slice(-16).toUpperCase()]);
  });
});
