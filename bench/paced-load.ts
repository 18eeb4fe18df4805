import { connect, type Socket } from "node:net";

// `node paced-load.ts PORT RATE SECONDS`, paths as JSON on standard input: asks at a fixed rate, however slow the answers
// are, and counts each from the moment at which it was due. Prints {"requests", "p50", "p99"} in milliseconds.
// Before that it asks at the same rate without counting: in its own first half second, while its code is not compiled
// yet, this program is too slow for the rate, and what it then owes would be counted as the server's delay.

const [port = 0, rate = 0, seconds = 0] = process.argv.slice(2).map(Number);
let text = "";
for await (const chunk of process.stdin) text += chunk;
const requests = (JSON.parse(text) as string[]).map((path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);

const warmUpSeconds = 2;
const connections = 64;
const idle: Socket[] = [];
const due: number[] = [];
const latencies: number[] = [];
let sent = 0;
let answered = 0;

function ask(socket: Socket): void {
  const at = due.shift();
  if (at === undefined) {
    idle.push(socket);
    return;
  }
  socket.write(requests[sent % requests.length] ?? "");
  sent += 1;
  let received: Buffer = Buffer.alloc(0);
  const read = (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const end = received.indexOf("\r\n\r\n");
    if (end < 0) return;
    const head = received.toString("latin1", 0, end);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (received.length < end + 4 + length) return;
    if (!head.startsWith("HTTP/1.1 200")) throw new Error(head);
    socket.off("data", read);
    answered += 1;
    if (at >= countedFrom) latencies.push(performance.now() - at);
    ask(socket);
  };
  socket.on("data", read);
}

await Promise.all(
  Array.from({ length: connections }, () => {
    const socket = connect(port, "127.0.0.1");
    idle.push(socket);
    return new Promise((resolve) => socket.once("connect", resolve));
  }),
);
const started = performance.now();
const countedFrom = started + warmUpSeconds * 1000;
const total = rate * (warmUpSeconds + seconds);
let planned = 0;
await new Promise<void>((resolve) => {
  const timer = setInterval(() => {
    const now = performance.now();
    for (; planned < total && started + (planned * 1000) / rate <= now; planned += 1)
      due.push(started + (planned * 1000) / rate);
    while (due.length > 0 && idle.length > 0) {
      const socket = idle.pop();
      if (socket !== undefined) ask(socket);
    }
    if (answered >= total) {
      clearInterval(timer);
      resolve();
    }
  }, 1);
});
latencies.sort((a, b) => a - b);
const part = (share: number) => latencies[Math.floor(latencies.length * share)];
process.stdout.write(JSON.stringify({ requests: latencies.length, p50: part(0.5), p99: part(0.99) }));
process.exit(0);
