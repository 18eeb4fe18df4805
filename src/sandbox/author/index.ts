export { type ElfMachine, elfExecutable, pluginExecutable, shellScript } from "./executable.ts";
export {
  buildProviderRelease,
  defaultPlatforms,
  type Platform,
  type ProviderRelease,
  type ReleaseFile,
  type ReleaseOptions,
} from "./provider-release.ts";
export { createSigner, type Signer } from "./signer.ts";
export { breakSignature } from "./tamper.ts";
export { buildZip, type ZipEntry } from "./zip.ts";
