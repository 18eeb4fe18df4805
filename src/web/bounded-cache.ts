/** Keeps what was used last, up to a total size; what is being made is made once for all who ask. */
export class BoundedCache<Value> {
  readonly #most: number;
  readonly #items = new Map<string, { readonly value: Promise<Value>; readonly size: number }>();
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string, size: number, make: () => Promise<Value>): Promise<Value> {
    const known = this.#items.get(key);
    const item = known ?? { value: make(), size };
    // The latest at the end: the first ones are those that go.
    this.#items.delete(key);
    this.#items.set(key, item);
    if (known !== undefined) return item.value;
    this.#size += size;
    item.value.catch(() => this.#drop(key, item));
    for (const [oldest, { size: freed }] of this.#items) {
      if (this.#size <= this.#most || oldest === key) break;
      this.#items.delete(oldest);
      this.#size -= freed;
    }
    return item.value;
  }

  /** A failure is no value: the next one tries again. */
  #drop(key: string, item: { readonly size: number }): void {
    if (this.#items.get(key) !== item) return;
    this.#items.delete(key);
    this.#size -= item.size;
  }
}
