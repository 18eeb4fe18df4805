/** A JSON object of a request. The contract has been checked before; this only gives the types back. */
export class Body {
  readonly #value: Readonly<Record<string, unknown>>;

  constructor(value: unknown) {
    this.#value = typeof value === "object" && value !== null ? { ...value } : {};
  }

  get(name: string): unknown {
    return this.#value[name];
  }

  text(name: string): string | undefined {
    const value = this.#value[name];
    return typeof value === "string" ? value : undefined;
  }

  /** A text that may also be null, which is not the same as left out. */
  nullableText(name: string): string | null | undefined {
    return this.#value[name] === null ? null : this.text(name);
  }

  needed(name: string): string {
    return this.text(name) ?? "";
  }

  number(name: string): number | undefined {
    const value = this.#value[name];
    return typeof value === "number" ? value : undefined;
  }

  flag(name: string): boolean | undefined {
    const value = this.#value[name];
    return typeof value === "boolean" ? value : undefined;
  }

  list(name: string): readonly unknown[] | undefined {
    const value = this.#value[name];
    return Array.isArray(value) ? value : undefined;
  }

  objects(name: string): readonly Body[] | undefined {
    return this.list(name)?.map((item) => new Body(item));
  }

  object(name: string): Body | undefined {
    const value = this.#value[name];
    return typeof value === "object" && value !== null ? new Body(value) : undefined;
  }
}
