import type { Answer } from "./answer.ts";
import type { ApiRequest } from "./api-request.ts";

/**
 * One page of a list: 30 items unless `per_page` says otherwise, 100 at most, and a Link header when there are more.
 * https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api
 */
export function page<T>(request: ApiRequest, items: readonly T[], present: (items: readonly T[]) => unknown): Answer {
  const size = Math.min(positive(request.query("per_page")) ?? 30, 100);
  const current = positive(request.query("page")) ?? 1;
  const last = Math.max(1, Math.ceil(items.length / size));
  const links: string[] = [];
  const link = (number: number, name: string) => {
    const url = new URL(request.url);
    url.searchParams.set("page", String(number));
    links.push(`<${url.href}>; rel="${name}"`);
  };
  if (current > 1) link(Math.min(current - 1, last), "prev");
  if (current < last) {
    link(current + 1, "next");
    link(last, "last");
  }
  if (current > 1) link(1, "first");
  return {
    status: 200,
    json: present(items.slice((current - 1) * size, current * size)),
    ...(links.length === 0 ? {} : { headers: { link: links.join(", ") } }),
  };
}

export function list<T>(request: ApiRequest, items: readonly T[], present: (item: T) => unknown): Answer {
  return page(request, items, (shown) => shown.map(present));
}

function positive(text: string | null): number | undefined {
  const number = Number(text);
  return text !== null && Number.isInteger(number) && number > 0 ? number : undefined;
}
