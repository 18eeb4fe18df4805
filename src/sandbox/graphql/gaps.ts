import { FieldError } from "./problem.ts";

export interface Gap {
  /** null: nothing in `errors` speaks of it. */
  readonly type: string | null;
  readonly message: string;
}

/** Repositories that the next answers leave out, as GitHub does when a query takes too much of it. */
export class Gaps {
  readonly #planned: { readonly repository: string; readonly gap: Gap; left: number }[] = [];

  add(repository: string, { times, ...gap }: Gap & { readonly times: number }): void {
    this.#planned.push({ repository: repository.toLowerCase(), gap, left: times });
  }

  /** True when the answer is null without a word; throws when there is a word. */
  meet(repository: string): boolean {
    const planned = this.#planned.find(({ left, ...one }) => left > 0 && one.repository === repository.toLowerCase());
    if (planned === undefined) return false;
    planned.left -= 1;
    const { type, message } = planned.gap;
    if (type !== null) throw new FieldError(type, message);
    return true;
  }
}
