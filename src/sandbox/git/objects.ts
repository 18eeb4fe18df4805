/** Git's object formats, as far as the sandbox reads and writes them. https://git-scm.com/docs/git-fast-import, gitformat */

export interface Person {
  readonly name: string;
  readonly email: string;
  /** ISO 8601. */
  readonly date: string;
}

export interface CommitObject {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Person;
  readonly committer: Person;
  readonly message: string;
}

export interface TagObject {
  readonly sha: string;
  readonly object: string;
  readonly type: string;
  readonly tag: string;
  readonly tagger: Person;
  readonly message: string;
}

export interface TreeEntry {
  readonly mode: string;
  readonly type: "blob" | "tree" | "commit";
  readonly sha: string;
  readonly name: string;
}

export function parseTree(content: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const zero = content.indexOf(0, space);
    const mode = content.toString("latin1", at, space).padStart(6, "0");
    entries.push({
      mode,
      type: mode === "040000" ? "tree" : mode === "160000" ? "commit" : "blob",
      name: content.toString("utf8", space + 1, zero),
      sha: content.toString("hex", zero + 1, zero + 21),
    });
    at = zero + 21;
  }
  return entries;
}

export function parseCommit(sha: string, content: Buffer): CommitObject {
  const { headers, message } = split(content);
  return {
    sha,
    tree: headers.get("tree")?.[0] ?? "",
    parents: headers.get("parent") ?? [],
    author: parsePerson(headers.get("author")?.[0] ?? ""),
    committer: parsePerson(headers.get("committer")?.[0] ?? ""),
    message,
  };
}

export function parseTag(sha: string, content: Buffer): TagObject {
  const { headers, message } = split(content);
  return {
    sha,
    object: headers.get("object")?.[0] ?? "",
    type: headers.get("type")?.[0] ?? "commit",
    tag: headers.get("tag")?.[0] ?? "",
    tagger: parsePerson(headers.get("tagger")?.[0] ?? ""),
    message,
  };
}

export function renderCommit(commit: Omit<CommitObject, "sha">): string {
  const lines = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${renderPerson(commit.author)}`,
    `committer ${renderPerson(commit.committer)}`,
  ];
  return `${lines.join("\n")}\n\n${commit.message}`;
}

export function renderTag(tag: Omit<TagObject, "sha">): string {
  return `object ${tag.object}\ntype ${tag.type}\ntag ${tag.tag}\ntagger ${renderPerson(tag.tagger)}\n\n${tag.message}\n`;
}

function split(content: Buffer): { headers: Map<string, string[]>; message: string } {
  const text = content.toString("utf8");
  const end = text.indexOf("\n\n");
  const headers = new Map<string, string[]>();
  for (const line of (end < 0 ? text : text.slice(0, end)).split("\n")) {
    const space = line.indexOf(" ");
    // A line that starts with a space continues a header that is not read here (gpgsig).
    if (space <= 0) continue;
    const name = line.slice(0, space);
    headers.set(name, [...(headers.get(name) ?? []), line.slice(space + 1)]);
  }
  return { headers, message: end < 0 ? "" : text.slice(end + 2) };
}

function parsePerson(text: string): Person {
  const match = /^(.*?) ?<(.*?)> (-?\d+) ([+-]\d{4})$/.exec(text);
  const [, name = "", email = "", seconds = "0"] = match ?? [];
  return { name, email, date: new Date(Number(seconds) * 1000).toISOString().replace(".000Z", "Z") };
}

function renderPerson({ name, email, date }: Person): string {
  // Git refuses these characters in a name or an address.
  const clean = (text: string) => text.replace(/[<>\n]/g, "").trim();
  return `${clean(name)} <${clean(email)}> ${Math.floor(Date.parse(date) / 1000)} +0000`;
}
