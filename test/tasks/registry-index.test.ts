import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { RegistryTree, TreeFile } from "../../src/registry/tree.ts";
import { createIndexReader } from "../../src/tasks/registry-index.ts";
import { moduleVersion, pretty, recordText } from "../support/builders/records.ts";

const serverUrl = "https://github.com";
const configuration = ".github/registrar.yml";
const dns = "providers/acme/dns.json";
const network = "modules/acme/network/aws.json";

/** A text, or something other than a plain file. */
type Content = string | { readonly text: string; readonly mode?: string; readonly size?: number };

/** A registry whose files and commit can be changed; it notes every file that is read. */
function aRegistry(initial: Readonly<Record<string, Content>>) {
  const files = new Map(Object.entries(initial));
  const read: string[] = [];
  let commit = 1;
  let withCommits = true;
  const tree = (): RegistryTree => {
    const texts = new Map<string, string>();
    const listed = [...files].map(([path, content]): TreeFile => {
      const { text, mode = "100644", size = text.length } = typeof content === "string" ? { text: content } : content;
      texts.set(path, text);
      return { path, mode, size, id: createHash("sha1").update(`${mode} ${text}`).digest("hex") };
    });
    return {
      commit: withCommits ? `commit ${commit}` : null,
      files: listed,
      async *read(wanted) {
        for (const file of wanted) {
          read.push(file.path);
          yield { file, bytes: Buffer.from(texts.get(file.path) ?? "") };
        }
      },
    };
  };
  return {
    readIndex: createIndexReader({ readTree: async () => tree(), serverUrl }),
    commit(changes: Readonly<Record<string, Content | null>>) {
      for (const [path, content] of Object.entries(changes)) {
        if (content === null) files.delete(path);
        else files.set(path, content);
      }
      commit += 1;
    },
    likeAFolder() {
      withCommits = false;
    },
    /** What was read since the last question, the configuration left out. */
    reads: () => read.splice(0).filter((path) => path !== configuration),
  };
}

describe("createIndexReader", () => {
  it("knows of each record where it comes from, what it has and when its newest version came", async () => {
    const registry = aRegistry({
      [dns]: recordText("acme/dns", ["1.1.0", "1.0.0"], { repository_id: 7, withdrawn: [{ version: "0.9.0" }] }),
      [network]: recordText("acme/network/aws", ["v2.0.0", "1.0.0"], {}),
      "keys/acme/a.asc": "a key",
      "providers/README.md": "# Providers",
    });
    const { commit, records, configurationProblems } = await registry.readIndex();
    expect(commit).toBe("commit 1");
    expect(configurationProblems).toEqual([]);
    expect(records).toEqual([
      {
        path: dns,
        kind: "provider",
        repository: "acme/terraform-provider-dns",
        repositoryId: 7,
        known: new Set(["1.1.0", "1.0.0", "0.9.0"]),
        newestAt: expect.any(Number),
      },
      {
        path: network,
        kind: "module",
        repository: "acme/terraform-aws-network",
        repositoryId: null,
        known: new Set(["2.0.0", "1.0.0"]),
        newestAt: null,
      },
    ]);
    expect(registry.reads()).toEqual([dns, network]);
  });

  it("takes the newest date of all versions, wherever it stands in the list", async () => {
    const dated = (version: string, more: object) => ({ ...moduleVersion(version), ...more });
    const versions = [
      dated("1.0.0", { published: "2024-05-01T00:00:00Z" }),
      dated("1.2.0", { published: "2026-05-01T00:00:00Z" }),
      dated("1.1.0", { discovered: "2025-05-01T00:00:00Z" }),
      dated("0.1.0", { published: "long ago" }),
    ];
    const { records } = await aRegistry({ [network]: pretty({ versions }) }).readIndex();
    expect(records[0]?.newestAt).toBe(Date.parse("2026-05-01T00:00:00Z"));
  });

  it("reads nothing at all while the commit is the same", async () => {
    const registry = aRegistry({ [dns]: recordText("acme/dns", ["1.0.0"]) });
    const first = await registry.readIndex();
    registry.reads();
    expect(await registry.readIndex()).toBe(first);
    expect(registry.reads()).toEqual([]);
  });

  it("reads of a new commit only the records that are others than before", async () => {
    const registry = aRegistry({
      [dns]: recordText("acme/dns", ["1.0.0"]),
      "providers/acme/other.json": recordText("acme/other", ["1.0.0"]),
      "providers/acme/gone.json": recordText("acme/gone", ["1.0.0"]),
    });
    await registry.readIndex();
    registry.reads();
    registry.commit({
      [dns]: recordText("acme/dns", ["1.1.0", "1.0.0"]),
      "providers/acme/gone.json": null,
      "providers/acme/new.json": recordText("acme/new", ["3.0.0"]),
    });
    const { commit, records } = await registry.readIndex();
    expect(commit).toBe("commit 2");
    expect(registry.reads()).toEqual([dns, "providers/acme/new.json"]);
    expect(Object.fromEntries(records.map(({ path, known }) => [path, known]))).toEqual({
      [dns]: new Set(["1.1.0", "1.0.0"]),
      "providers/acme/other.json": new Set(["1.0.0"]),
      "providers/acme/new.json": new Set(["3.0.0"]),
    });
  });

  it("lists a folder again each time, and reads of it only what has changed", async () => {
    const registry = aRegistry({ [dns]: recordText("acme/dns", ["1.0.0"]) });
    registry.likeAFolder();
    await registry.readIndex();
    registry.commit({ "providers/acme/new.json": recordText("acme/new", ["3.0.0"]) });
    registry.reads();
    expect((await registry.readIndex()).records).toHaveLength(2);
    expect(registry.reads()).toEqual(["providers/acme/new.json"]);
  });

  it("two records of the same text are two records", async () => {
    const text = recordText("acme/dns", ["1.0.0"]);
    const { records } = await aRegistry({ [dns]: text, "providers/acme/other.json": text }).readIndex();
    expect(records.map(({ path, repository }) => [path, repository])).toEqual([
      [dns, "acme/terraform-provider-dns"],
      ["providers/acme/other.json", "acme/terraform-provider-other"],
    ]);
  });

  it("follows a change of the settings, on which depends where a record comes from", async () => {
    const registry = aRegistry({ [dns]: recordText("acme/dns", ["1.0.0"], {}) });
    await registry.readIndex();
    registry.commit({ [configuration]: "namespaces:\n  acme: {owner: acme-corp}\nbump:\n  every: 2h\n" });
    const { records, settings } = await registry.readIndex();
    expect(records[0]?.repository).toBe("acme-corp/terraform-provider-dns");
    expect(settings.bump.everySeconds).toBe(7200);
    registry.commit({ [configuration]: null });
    expect((await registry.readIndex()).records[0]?.repository).toBe("acme/terraform-provider-dns");
  });

  it.each([
    ["one that is blocked", { [configuration]: "blocked: {addresses: [acme/dns]}\n" }, ["1.0.0"], {}],
    ["one whose withdrawals cannot be read", {}, ["1.0.0"], { withdrawn: "all of them" }],
  ] as const)(
    "of %s says that nothing can be added to it, and keeps it in the list",
    async (_what, more, has, head) => {
      const { records } = await aRegistry({ [dns]: recordText("acme/dns", has, head), ...more }).readIndex();
      expect(records).toMatchObject([{ path: dns, known: null, repository: "acme/terraform-provider-dns" }]);
    },
  );

  it("of one that is no record at all says the same, and still reads the others", async () => {
    const registry = aRegistry({ [dns]: "{", "providers/acme/other.json": recordText("acme/other", ["1.0.0"]) });
    expect((await registry.readIndex()).records.map(({ path, known }) => [path, known])).toEqual([
      [dns, null],
      ["providers/acme/other.json", new Set(["1.0.0"])],
    ]);
  });

  it("of one from another server knows no repository", async () => {
    const text = recordText("acme/dns", ["1.0.0"], { repository: "https://gitlab.com/acme/terraform-provider-dns" });
    expect((await aRegistry({ [dns]: text }).readIndex()).records).toMatchObject([{ path: dns, repository: null }]);
  });

  it.each([
    ["a link", { text: "../other.json", mode: "120000" }],
    ["a submodule", { text: "", mode: "160000" }],
    // What bumps refuse to read: a sweep that tried would fail as a whole, again and again.
    ["larger than anything that is read", { text: recordText("acme/dns", ["1.0.0"]), size: 17 * 1024 * 1024 }],
    ["of a mode that git no longer writes", { text: recordText("acme/dns", ["1.0.0"]), mode: "100664" }],
  ])("never opens a record that is %s", async (_what, content) => {
    const registry = aRegistry({ [dns]: content, [network]: recordText("acme/network/aws", ["1.0.0"]) });
    expect((await registry.readIndex()).records.map(({ path }) => path)).toEqual([network]);
    expect(registry.reads()).toEqual([network]);
  });

  it("says every problem of a wrong configuration", async () => {
    const registry = aRegistry({ [configuration]: "polcy: {}\npaused: 5\n" });
    const { configurationProblems } = await registry.readIndex();
    expect(configurationProblems).toHaveLength(2);
    expect(configurationProblems.join()).toMatch(/polcy[\s\S]*paused/);
  });

  it.each(["120000", "160000"])("takes a configuration of mode %s for a wrong one, not for none", async (mode) => {
    const registry = aRegistry({ [configuration]: { text: "../elsewhere.yml", mode } });
    expect((await registry.readIndex()).configurationProblems).toEqual([
      `${configuration}: it is no regular file (git mode ${mode}).`,
    ]);
  });

  it("finds the layout that most records have, and leaves alone what lies in the other", async () => {
    const registry = aRegistry({
      "providers/a/acme/dns.json": recordText("acme/dns", ["1.0.0"]),
      "providers/a/acme/other.json": recordText("acme/other", ["1.0.0"]),
      [dns]: recordText("acme/dns", ["9.0.0"]),
    });
    expect((await registry.readIndex()).records.map(({ path }) => path)).toEqual([
      "providers/a/acme/dns.json",
      "providers/a/acme/other.json",
    ]);
  });

  it("a failure is nobody's index: the next one who asks reads again", async () => {
    let broken = true;
    const readTree = async (): Promise<RegistryTree> => {
      if (broken) throw new Error("The copy cannot be fetched.");
      return { commit: "commit 1", files: [], read: async function* () {} };
    };
    const readIndex = createIndexReader({ readTree, serverUrl });
    await expect(readIndex()).rejects.toThrow("cannot be fetched");
    broken = false;
    expect((await readIndex()).commit).toBe("commit 1");
  });
});
