import { Type as TypeBox } from "typebox";
import { describe, expect, it } from "vitest";
import { Type } from "../../src/registry/json-schema.ts";

type Builders = typeof Type;
const examples: Readonly<Record<keyof Builders, (build: Builders) => object>> = {
  Array: ({ Array, String }) => Array(String(), { maxItems: 2 }),
  Boolean: ({ Boolean }) => Boolean({ description: "yes or no" }),
  Integer: ({ Integer }) => Integer({ minimum: 1 }),
  Literal: ({ Literal, Array }) => Array(Literal(1), { default: Literal("one") }),
  Null: ({ Null }) => Null(),
  Object: ({ Object, String, Optional, Boolean }) =>
    Object(
      { a: String(), b: Optional(Boolean()), c: Object({}), d: Object({ e: Optional(String()) }) },
      { title: "t" },
    ),
  Optional: ({ Optional, Object, String }) => Optional(Object({ a: Optional(String({ maxLength: 3 })) })),
  Record: ({ Record, String, Integer }) => Record(String(), Integer(), { description: "d" }),
  String: ({ String }) => String({ pattern: "^a$" }),
  Union: ({ Union, Null, Literal }) => Union([Null(), Literal(true)], { description: "d" }),
  Unknown: ({ Unknown }) => Unknown({ description: "d" }),
  Unsafe: ({ Unsafe }) => Unsafe<"a">({ enum: ["a"] }),
};

describe("Type", () => {
  it.each(Object.entries(examples))("%s makes the schema that TypeBox makes", (_name, example) => {
    // As texts: the order of the keys is seen in the published schemas.
    expect(JSON.stringify(example(Type))).toBe(JSON.stringify(example(TypeBox as unknown as Builders)));
  });

  it("leaves a schema as it was that is made optional", () => {
    const text = Type.String();
    Type.Optional(text);
    expect(Type.Object({ text }).required).toEqual(["text"]);
  });
});
