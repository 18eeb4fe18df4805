import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { defaultSettings, parseSettings } from "../../src/registry/settings.ts";
import { SettingsSchema } from "../../src/registry/settings-schema.ts";
import { parseYaml } from "../../src/registry/yaml.ts";

const docs = join(import.meta.dirname, "../../docs");
const page = readFileSync(join(docs, "operators.md"), "utf8");
const [defaults = "", example = ""] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? "");

/** `policy.settle` and so on, of a schema or of a value. */
const schemaKeys = (schema: object, before = ""): string[] =>
  Object.entries("properties" in schema ? { ...(schema.properties as Record<string, object>) } : {}).flatMap(
    ([key, part]) => [before + key, ...schemaKeys(part, `${before}${key}.`)],
  );
const valueKeys = (value: unknown, before = ""): string[] =>
  typeof value !== "object" || value === null || Array.isArray(value)
    ? []
    : Object.entries(value).flatMap(([key, part]) => [before + key, ...valueKeys(part, `${before}${key}.`)]);

describe("docs/operators.md", () => {
  it("lists every key of the configuration, and no other", () => {
    const yaml = parseYaml(defaults);
    expect(yaml.ok && valueKeys(yaml.value)).toEqual(schemaKeys(SettingsSchema));
  });

  it("shows the defaults", () => {
    expect(parseSettings(defaults)).toEqual({ ok: true, settings: { ...defaultSettings, layout: "plain" } });
  });

  it("has an example of the lists that works", () => {
    const parsed = parseSettings(example);
    expect(parsed).toMatchObject({ ok: true, settings: { namespaces: { hashicorp: { owner: "opentofu" } } } });
    expect(parsed.ok && Object.keys(parsed.settings.aliases)).toHaveLength(1);
    expect(parsed.ok && parsed.settings.blocked).toMatchObject({ owners: [4242] });
  });

  it("links to a JSON Schema that is the one by which files are read", async () => {
    expect(page).toContain("(registrar.schema.json)");
    const text = `${JSON.stringify(SettingsSchema, null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(join(docs, "registrar.schema.json"));
  });
});
