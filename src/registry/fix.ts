import { type Node, parseTree } from "jsonc-parser";
import { escapePointer, type JsonValue, nodeAt, sameJson } from "./json.ts";
import { endOf, eolOf, indentAt, printer, unitOf } from "./json-form.ts";

/** A change of a JSON file that would put something right. */
export type Fix =
  /** Replaces the value at a JSON pointer, or adds the field. */
  | { readonly kind: "set"; readonly pointer: string; readonly value: JsonValue }
  | { readonly kind: "remove"; readonly pointer: string }
  /** Adds to the list at a pointer, which is made where there is none. */
  | { readonly kind: "append"; readonly pointer: string; readonly value: JsonValue };

export function isSameFix(a: Fix, b: Fix): boolean {
  if (a.kind === "remove" || b.kind === "remove") return a.kind === b.kind && a.pointer === b.pointer;
  return a.kind === b.kind && a.pointer === b.pointer && sameJson(a.value, b.value);
}

/** A piece of text to be replaced, and what for. Those of one text never overlap, and each alone leaves it JSON. */
export interface TextEdit {
  readonly offset: number;
  readonly length: number;
  readonly content: string;
  readonly fixes: readonly Fix[];
}

/** What would change in a list or object: the whole is looked at once, since its items share their commas. */
interface Container {
  readonly node: Node;
  readonly removed: Map<Node, Fix>;
  readonly added: { readonly key: string | null; readonly value: JsonValue; readonly fix: Fix }[];
}

/**
 * The edits that make fixes in a text, in order of their place. What cannot be made there is left out; where two would
 * touch the same text, there are none. A new field of the file's own object goes before its `versions`, or to its end.
 */
export function planEdits(text: string, fixes: readonly Fix[], place: "before-versions" | "at-end"): TextEdit[] {
  const root = parseSafely(text);
  if (root === undefined) return [];
  const containers = new Map<Node, Container>();
  const containerOf = (node: Node): Container => {
    const container = containers.get(node) ?? { node, removed: new Map(), added: [] };
    containers.set(node, container);
    return container;
  };
  const edits: TextEdit[] = [];
  for (const fix of fixes) {
    const found = nodeAt(root, fix.pointer);
    if (fix.kind === "remove") {
      const item = found?.parent?.type === "property" ? found.parent : found;
      if (item?.parent !== undefined) containerOf(item.parent).removed.set(item, fix);
    } else if (fix.kind === "append" && found?.type === "array") {
      containerOf(found).added.push({ key: null, value: fix.value, fix });
    } else {
      const value = fix.kind === "append" ? [fix.value] : fix.value;
      if (found !== undefined) edits.push(replacing(text, found, { value, fix }));
      else addField(fix, value);
    }
  }
  const all = [...edits, ...[...containers.values()].flatMap((container) => editsOf(text, container, { root, place }))];
  const sorted = all.sort((a, b) => a.offset - b.offset || a.length - b.length);
  const overlap = sorted.some((edit, index) => index > 0 && edit.offset < endOfEdit(sorted[index - 1]));
  return overlap ? [] : sorted;

  function addField(fix: Fix, value: JsonValue): void {
    const slash = fix.pointer.lastIndexOf("/");
    const parent = nodeAt(root, fix.pointer.slice(0, slash));
    const key = fix.pointer
      .slice(slash + 1)
      .replaceAll("~1", "/")
      .replaceAll("~0", "~");
    if (parent?.type === "object" && escapePointer(key) !== "") containerOf(parent).added.push({ key, value, fix });
  }
}

export function applyEdits(text: string, edits: readonly Pick<TextEdit, "offset" | "length" | "content">[]): string {
  let result = "";
  let copied = 0;
  for (const { offset, length, content } of edits) {
    result += text.slice(copied, offset) + content;
    copied = offset + length;
  }
  return result + text.slice(copied);
}

const endOfEdit = (edit: TextEdit | undefined): number => (edit === undefined ? 0 : edit.offset + edit.length);

function replacing(text: string, node: Node, { value, fix }: { value: JsonValue; fix: Fix }): TextEdit {
  const inLines = text.slice(node.offset, endOf(node)).includes("\n");
  const content = inLines ? print(text, node.offset, value) : JSON.stringify(value);
  return { offset: node.offset, length: node.length, content, fixes: [fix] };
}

const print = (text: string, offset: number, value: JsonValue): string =>
  printer({ indent: indentAt(text, offset), unit: unitOf(text), eol: eolOf(text) })(value);

function editsOf(
  text: string,
  { node, removed, added }: Container,
  { root, place }: { root: Node; place: "before-versions" | "at-end" },
): TextEdit[] {
  const children = node.children ?? [];
  const kept = children.filter((child) => !removed.has(child));
  const fixes = added.map(({ fix }) => fix);
  if (kept.length === 0) {
    // Nothing of it is left to stand beside, so it is written as a whole.
    const whole =
      node.type === "array"
        ? added.map(({ value }) => value)
        : Object.fromEntries(added.map(({ key, value }) => [key ?? "", value]));
    const content = added.length === 0 ? JSON.stringify(whole) : print(text, node.offset, whole as JsonValue);
    return [{ offset: node.offset, length: node.length, content, fixes: [...removed.values(), ...fixes] }];
  }
  const inLines = text.slice(node.offset, children[0]?.offset).includes("\n");
  const gap = inLines ? `${eolOf(text)}${indentAt(text, children[0]?.offset ?? 0)}` : " ";
  const written = added.map(({ key, value }) => {
    const body = inLines ? print(text, children[0]?.offset ?? 0, value) : JSON.stringify(value);
    return key === null ? body : `${JSON.stringify(key)}: ${body}`;
  });
  const before =
    node === root && place === "before-versions"
      ? kept.find((child) => child.children?.[0]?.value === "versions")
      : undefined;
  const insertion =
    before === undefined
      ? { offset: endOf(kept.at(-1)), content: written.map((one) => `,${gap}${one}`).join("") }
      : { offset: before.offset, content: written.map((one) => `${one},${gap}`).join("") };
  return [...(added.length === 0 ? [] : [{ ...insertion, length: 0, fixes }]), ...removals(children, removed)];
}

/** Neighbours go together, with the comma that only they need. */
function removals(children: readonly Node[], removed: ReadonlyMap<Node, Fix>): TextEdit[] {
  const edits: TextEdit[] = [];
  for (let first = 0; first < children.length; first += 1) {
    if (!removed.has(children[first] as Node)) continue;
    let last = first;
    while (last + 1 < children.length && removed.has(children[last + 1] as Node)) last += 1;
    const next = children[last + 1];
    const offset = next === undefined ? endOf(children[first - 1]) : (children[first]?.offset ?? 0);
    const end = next === undefined ? endOf(children[last]) : next.offset;
    const fixes = children.slice(first, last + 1).flatMap((child) => removed.get(child) ?? []);
    edits.push({ offset, length: end - offset, content: "", fixes });
    first = last;
  }
  return edits;
}

/** Undefined for a text that is no JSON, or nests too deep for the parser. */
function parseSafely(text: string): Node | undefined {
  try {
    JSON.parse(text);
    return parseTree(text);
  } catch {
    return undefined;
  }
}
