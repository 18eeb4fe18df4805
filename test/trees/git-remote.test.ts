import { describe, expect, it } from "vitest";
import { remoteFailed } from "../../src/trees/git-remote.ts";

describe("remoteFailed", () => {
  it.each([
    ["ssh: connect to host git.test port 22: Connection refused; fatal: Could not read from remote", "upstream"],
    ["fatal: unable to access 'https://x/': The requested URL returned error: 503", "upstream"],
    ["fatal: unable to access 'https://x/': Could not resolve host: x", "upstream"],
    ["what git says one day", "upstream"],
    ["fatal: unable to access 'https://x/': SSL certificate problem: self-signed certificate", "operator"],
    ["fatal: unable to access 'https://x/': The requested URL returned error: 403", "operator"],
    ["remote: Repository not found; fatal: repository 'https://x/' not found", "operator"],
    ["git@x: Permission denied (publickey); fatal: Could not read from remote repository", "operator"],
  ])("tells from %j that the %s acts", (errors, family) => {
    expect(remoteFailed("It")(errors)).toMatchObject({ family });
  });
});
