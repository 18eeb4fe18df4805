/** Everything that a list names is there: what a client would find. The paths that are promised and are not. */
export function brokenPromises(files: Record<string, string>): string[] {
  return Object.entries(files).flatMap(([path, text]) => {
    if (!path.endsWith("/versions")) return [];
    const folder = path.slice(0, -"/versions".length);
    const { versions, modules } = JSON.parse(text);
    const promised: string[] = modules
      ? modules[0].versions.map((entry: { version: string }) => `${folder}/${entry.version}/download`)
      : versions.flatMap((entry: { version: string; platforms: { os: string; arch: string }[] }) =>
          entry.platforms.map(({ os, arch }) => `${folder}/${entry.version}/download/${os}/${arch}`),
        );
    return promised.filter((document) => files[document] === undefined || JSON.parse(files[document]) === null);
  });
}
