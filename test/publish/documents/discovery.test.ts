import { describe, expect, it } from "vitest";
import { discovery } from "../../../src/publish/documents/discovery.ts";

describe("discovery", () => {
  it("names both services by relative URLs that end in a slash, and comes after the documents", () => {
    expect(discovery()).toEqual({
      folder: ".well-known",
      documents: [
        {
          path: ".well-known/terraform.json",
          body: '{"modules.v1":"/v1/modules/","providers.v1":"/v1/providers/"}',
          kind: "list",
        },
      ],
    });
  });
});
