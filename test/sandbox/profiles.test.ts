import { describe, expect, it } from "vitest";
import { createSigner } from "../../src/sandbox/author/index.ts";
import { aSandbox, caller } from "./support.ts";

describe("the keys on a profile", () => {
  it("are read by anybody, with the text as it was uploaded, where GitHub has kept it", async () => {
    const sandbox = await aSandbox();
    sandbox.createAccount({ login: "olga" });
    const signer = await createSigner({ name: "Olga", email: "olga@example.com" });
    sandbox.addGpgKey({ login: "olga", ...signer });
    sandbox.addGpgKey({ login: "olga", ...signer, raw: false });
    const { status, json } = await caller(sandbox)("GET /users/Olga/gpg_keys");
    expect(status).toBe(200);
    expect(json).toMatchObject([
      { key_id: signer.fingerprint.slice(-16), raw_key: signer.publicKey, can_sign: true },
      { raw_key: null, public_key: "" },
    ]);
    expect(signer.publicKey.replace(/\s/g, "")).toContain(json[0].public_key);
    expect((await caller(sandbox)("GET /users/nobody/gpg_keys")).status).toBe(404);
    expect(sandbox.violations).toEqual([]);
  });
});

describe("public membership", () => {
  it("is seen by anybody, and of organisations only", async () => {
    const sandbox = await aSandbox();
    sandbox.createAccount({ login: "acme", type: "Organization" });
    for (const login of ["olga", "mona"]) sandbox.createAccount({ login });
    sandbox.addPublicMember({ organization: "acme", login: "olga" });
    const call = caller(sandbox);
    expect((await call("GET /orgs/acme/public_members")).json).toMatchObject([{ login: "olga", type: "User" }]);
    expect((await call("GET /orgs/acme/public_members/olga")).status).toBe(204);
    expect((await call("GET /orgs/acme/public_members/mona")).status).toBe(404);
    expect((await call("GET /orgs/olga/public_members")).status).toBe(404);
    expect(sandbox.violations).toEqual([]);
  });
});
