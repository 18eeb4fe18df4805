/** https://git-scm.com/docs/protocol-common#_pkt_line_format */
export function pkt(text: string | Buffer): Buffer {
  const data = typeof text === "string" ? Buffer.from(text) : text;
  return Buffer.concat([Buffer.from((data.length + 4).toString(16).padStart(4, "0")), data]);
}

export const FLUSH = Buffer.from("0000");

export interface PushCommand {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
}

export interface PushRequest {
  readonly commands: readonly PushCommand[];
  readonly capabilities: readonly string[];
}

/** The commands before the pack; null while the flush that ends them has not arrived. */
export function parsePush(data: Buffer): PushRequest | null {
  const commands: PushCommand[] = [];
  let capabilities: string[] = [];
  for (let at = 0; at + 4 <= data.length; ) {
    const length = Number.parseInt(data.toString("latin1", at, at + 4), 16);
    if (length === 0) return { commands, capabilities };
    if (Number.isNaN(length) || length < 4) throw new Error("Not a pkt-line.");
    if (at + length > data.length) return null;
    const [line = "", words] = data.toString("utf8", at + 4, at + length).split("\0");
    if (words !== undefined) capabilities = words.trim().split(" ");
    const [, before, after, ref] = /^([0-9a-f]{40}) ([0-9a-f]{40}) (.+?)\n?$/.exec(line) ?? [];
    if (before !== undefined && after !== undefined && ref !== undefined) commands.push({ before, after, ref });
    at += length;
  }
  return null;
}

/** What a server says that takes nothing. https://git-scm.com/docs/gitprotocol-pack#_report_status */
export function refusePush(
  { commands, capabilities }: PushRequest,
  { reason, messages }: { reason: string; messages: readonly string[] },
): Buffer {
  const report = Buffer.concat([pkt("unpack ok\n"), ...commands.map(({ ref }) => pkt(`ng ${ref} ${reason}\n`)), FLUSH]);
  if (!capabilities.includes("side-band-64k")) return report;
  const texts = messages.map((message) => pkt(Buffer.concat([Buffer.from([2]), Buffer.from(`${message}\n`)])));
  return Buffer.concat([...texts, pkt(Buffer.concat([Buffer.from([1]), report])), FLUSH]);
}
