/** Loaded with the first key: many a command meets none, and it takes a quarter of the time and memory of most. */
const openpgp = () => import("../upstream/openpgp.ts");

export const readKeys: Awaited<ReturnType<typeof openpgp>>["readKeys"] = async (files) =>
  (await openpgp()).readKeys(files);
