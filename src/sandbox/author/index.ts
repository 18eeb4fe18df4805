export { elfExecutable, pluginExecutable } from "./executable.ts";
export { buildProviderRelease, type ProviderRelease } from "./provider-release.ts";
export { createSigner, type Signer } from "./signer.ts";
