// Archives of a provider must hold a program, and nobody should need Go to have a sandbox. A static ELF file of a header,
// a few instructions and a text runs on any Linux, and prints what Terraform's own plugins print when a person starts
// them. macOS runs no unsigned hand-made Mach-O file, so there a shell script says the same.

export type ElfMachine = "amd64" | "arm64";

/** The program for a platform such as `linux_amd64`. */
export function pluginExecutable(
  platform: string,
  plugin: { readonly type: string; readonly version: string },
): Uint8Array {
  const text = `This is a provider plugin, not to be run by hand: ${plugin.type} ${plugin.version}`;
  if (platform === "linux_amd64") return elfExecutable("amd64", text);
  if (platform === "linux_arm64") return elfExecutable("arm64", text);
  return shellScript(text);
}

/** Writes `text` and a line end to standard error, then exits with 1. */
export function shellScript(text: string): Uint8Array {
  return Buffer.from(`#!/bin/sh\nprintf '%s\\n' '${text.replaceAll("'", "'\\''")}' >&2\nexit 1\n`);
}

/** A static ELF file that writes `text` and a line end to standard error, then exits with 1. `text`: at most 64 KiB. */
export function elfExecutable(machine: ElfMachine, text: string): Uint8Array {
  const message = Buffer.from(`${text}\n`);
  if (message.length > 0xffff) throw new RangeError("The text of an executable can have 65535 bytes.");
  const code = machine === "amd64" ? amd64Code(message.length) : arm64Code(message.length);
  return Buffer.concat([elfHeaders(machine, code.length + message.length), code, message]);
}

const loadAddress = 0x400000n;
const headersSize = 64 + 56;

/** ELF-64 header and one program header that maps the whole file, readable and executable (System V ABI, chapters 4 and 5). */
function elfHeaders(machine: ElfMachine, bodySize: number): Buffer {
  const headers = Buffer.alloc(headersSize);
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]).copy(headers); // magic, 64 bits, little-endian, version 1
  headers.writeUInt16LE(2, 16); // e_type: executable
  headers.writeUInt16LE(machine === "amd64" ? 62 : 183, 18); // e_machine
  headers.writeUInt32LE(1, 20); // e_version
  headers.writeBigUInt64LE(loadAddress + BigInt(headersSize), 24); // e_entry
  headers.writeBigUInt64LE(64n, 32); // e_phoff
  headers.writeUInt16LE(64, 52); // e_ehsize
  headers.writeUInt16LE(56, 54); // e_phentsize
  headers.writeUInt16LE(1, 56); // e_phnum
  headers.writeUInt16LE(64, 58); // e_shentsize, though there are no sections
  headers.writeUInt32LE(1, 64); // p_type: load
  headers.writeUInt32LE(5, 68); // p_flags: read, execute
  headers.writeBigUInt64LE(loadAddress, 80); // p_vaddr
  headers.writeBigUInt64LE(loadAddress, 88); // p_paddr
  headers.writeBigUInt64LE(BigInt(headersSize + bodySize), 96); // p_filesz
  headers.writeBigUInt64LE(BigInt(headersSize + bodySize), 104); // p_memsz
  headers.writeBigUInt64LE(0x10000n, 112); // p_align: the largest page size of arm64 Linux
  return headers;
}

function amd64Code(length: number): Buffer {
  const code = Buffer.from([
    ...[0xb8, 1, 0, 0, 0], // mov eax, 1 (write)
    ...[0xbf, 2, 0, 0, 0], // mov edi, 2 (standard error)
    ...[0x48, 0x8d, 0x35, 17, 0, 0, 0], // lea rsi, [rip + 17]: the text, behind the 17 bytes that follow
    ...[0xba, 0, 0, 0, 0], // mov edx, length
    ...[0x0f, 0x05], // syscall
    ...[0xb8, 60, 0, 0, 0], // mov eax, 60 (exit)
    ...[0x6a, 1, 0x5f], // push 1; pop rdi
    ...[0x0f, 0x05], // syscall
  ]);
  code.writeUInt32LE(length, 18);
  return code;
}

function arm64Code(length: number): Buffer {
  const movz = (register: number, value: number): number => 0xd2800000 + value * 32 + register;
  const svc = 0xd4000001;
  const words = [
    movz(8, 64), // x8 = 64 (write)
    movz(0, 2), // x0 = 2 (standard error)
    0x10000000 + 6 * 32 + 1, // adr x1, pc + 24: the text, behind this and the five that follow
    movz(2, length), // x2 = length
    svc,
    movz(8, 93), // x8 = 93 (exit)
    movz(0, 1), // x0 = 1
    svc,
  ];
  const code = Buffer.alloc(words.length * 4);
  for (const [index, word] of words.entries()) code.writeUInt32LE(word, index * 4);
  return code;
}
