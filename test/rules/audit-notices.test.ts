import { describe, expect, it } from "vitest";
import { auditNotices } from "../../src/rules/audit-notices.ts";
import { archive, moduleRecord, parsed, providerRecord, version } from "../support/builders/records.ts";
import { release, upstreamIds } from "../support/builders/release.ts";

const said = (record: Parameters<typeof auditNotices>[0]) =>
  auditNotices(record, {}).map(({ code, message }) => `${code}: ${message}`);

describe("auditNotices", () => {
  it("has nothing to say of a record as we write it", () => {
    expect(auditNotices(providerRecord(["1.1.0", "1.0.0"]), {})).toEqual([]);
    expect(auditNotices(moduleRecord(["v1.1.0", "1.0.0"]), {})).toEqual([]);
  });

  it("never calls anything wrong", () => {
    const record = parsed(
      JSON.stringify({ odd: 1, versions: [version("1.0.0"), version("1.1.0"), version("latest")] }),
    );
    const notices = auditNotices(record, {});
    expect(notices.length).toBeGreaterThan(3);
    for (const notice of notices) expect(notice).toMatchObject({ outcome: "pass", notice: true, path: record.path });
  });

  it.each([
    ["the ids", providerRecord(["1.0.0"], {}), "repository_id and owner_id"],
    ["one id", providerRecord(["1.0.0"], { owner_id: 5 }), "does not record repository_id"],
    ["an order", providerRecord(["1.0.0", "1.1.0"]), "not in order"],
    ["an order of modules", moduleRecord(["v1.0.0", "v1.1.0"]), "not in order"],
    ["a final newline", parsed(providerRecord(["1.0.0"]).text.trimEnd()), "does not end with a newline"],
    ["schema's knowledge of a key", providerRecord(["1.0.0"], { ...upstreamIds, odd: 1 }), "/odd"],
  ])("mentions that a record lacks %s", (_, record, message) => {
    expect(said(record)).toEqual([expect.stringContaining(message)]);
  });

  it("mentions archives under other repositories, counted by repository, whatever their case", () => {
    const moved = release("1.0.0", { of: "globex/dns" }).entry;
    const own = { ...release("1.1.0", { of: "ACME/DNS" }).entry };
    expect(said(providerRecord([own, moved]))).toEqual([
      expect.stringContaining('2 archive(s) lie under "globex/terraform-provider-dns"'),
    ]);
  });

  it("mentions platforms that no client has", () => {
    const targets = [archive("macOS_64bit"), archive("linux_amd64"), archive("macOS_64bit")];
    expect(said(providerRecord([version("1.0.0", { targets })]))).toEqual([
      expect.stringContaining('2 archive(s) are for platforms that no client has: "macOS_64bit"'),
    ]);
  });

  it("leaves what is no version out of the order", () => {
    expect(said(providerRecord(["1.1.0", version("latest"), "1.0.0"]))).toEqual([]);
  });

  it("says nothing of a record that nobody can read: that is a finding of its own", () => {
    expect(auditNotices(parsed("{"), {})).toEqual([]);
  });

  it("shows hostile keys safely", () => {
    const [notice] = said(providerRecord(["1.0.0"], { ...upstreamIds, "\u202e\n": 1 }));
    expect(notice).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});
