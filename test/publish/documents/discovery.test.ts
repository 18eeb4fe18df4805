import { describe, expect, it } from "vitest";
import { discovery } from "../../../src/publish/documents/discovery.ts";

describe("discovery", () => {
  it("names both services by relative URLs that end in a slash, and comes after the documents", () => {
    expect(discovery()).toEqual({
      folder: ".well-known",
      names: new Set(["terraform.json"]),
      documents: [
        {
          path: ".well-known/terraform.json",
          body: '{"modules.v1":"/v1/modules/","providers.v1":"/v1/providers/"}',
          kind: "list",
        },
      ],
    });
  });

  it.each([
    ["/registry/", "/registry/v1/modules/", "/registry/v1/providers/"],
    ["https://files.example/", "https://files.example/v1/modules/", "https://files.example/v1/providers/"],
  ])("names them below %s where they are there", (base, modules, providers) => {
    const body = discovery(base).documents[0]?.body ?? "";
    expect(JSON.parse(body)).toEqual({ "modules.v1": modules, "providers.v1": providers });
  });
});
