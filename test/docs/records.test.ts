import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseAddress } from "../../src/registry/address.ts";
import { parseRecord } from "../../src/registry/record.ts";
import { knownKeys } from "../../src/registry/schema.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/records.md"), "utf8");
const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map((match) => match[1] ?? "");

describe("docs/records.md", () => {
  it.each([
    ["acme/dns", examples[0]],
    ["acme/network/aws", examples[1]],
  ])("shows a right record of %s", (text, example) => {
    const address = parseAddress(text);
    if (address === undefined || example === undefined) throw new Error("no example");
    const record = parseRecord({ path: "x.json", address, text: example });
    expect({ problems: record.problems, unknown: record.unknownKeys }).toEqual({ problems: [], unknown: [] });
    expect(record.entries).toHaveLength(1);
  });

  it("names every field that a record may have", () => {
    const old = ["$schema", "versions_errors", "h1", "versions"];
    const fields = [...knownKeys.head, ...knownKeys.providerVersion, ...knownKeys.archive];
    expect(fields.filter((field) => !old.includes(field) && !page.includes(field))).toEqual([]);
  });
});
