import { Type as TypeBox } from "typebox";
import { describe, expect, it } from "vitest";
import { Type } from "../../src/registry/json-schema.ts";

type Builders = typeof Type;
const examples: Readonly<Record<keyof Builders, (make: Builders) => object>> = {
  Array: (make) => make.Array(make.String(), { maxItems: 2 }),
  Boolean: (make) => make.Boolean({ description: "yes or no" }),
  Integer: (make) => make.Integer({ minimum: 1 }),
  Literal: (make) => make.Array(make.Literal(1), { default: make.Literal("one") }),
  Null: (make) => make.Null(),
  Object: (make) =>
    make.Object(
      {
        a: make.String(),
        b: make.Optional(make.Boolean()),
        c: make.Object({}),
        d: make.Object({ e: make.Optional(make.String()) }),
      },
      { title: "t" },
    ),
  Optional: (make) => make.Optional(make.Object({ a: make.Optional(make.String({ maxLength: 3 })) })),
  Record: (make) => make.Record(make.String(), make.Integer(), { description: "d" }),
  String: (make) => make.String({ pattern: "^a$" }),
  Union: (make) => make.Union([make.Null(), make.Literal(true)], { description: "d" }),
  Unknown: (make) => make.Unknown({ description: "d" }),
  Unsafe: (make) => make.Unsafe<"a">({ enum: ["a"] }),
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
