import { fitting, type RegistryHost } from "../github/port.ts";
import { commentMarker } from "../policy/messages.ts";

/** The one living comment of a pull request: made once, edited in place, left alone while it says the same. */
export async function writeComment(
  host: RegistryHost,
  { number, body }: { readonly number: number; readonly body: string },
  dryRun?: boolean,
): Promise<boolean> {
  const known = await host.findComment(number, commentMarker);
  if (known?.body === fitting(body)) return false;
  if (dryRun === true) return true;
  await (known === null ? host.createComment(number, body) : host.updateComment(known.id, body));
  return true;
}
