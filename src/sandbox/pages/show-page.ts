import type { ServerResponse } from "node:http";
import type { Repository } from "../entities/repository.ts";
import type { Api } from "../http/api.ts";

export async function showPage(
  _api: Api,
  { response }: { pathname: string; repository: Repository | null; rest: string; response: ServerResponse },
): Promise<void> {
  response.writeHead(404).end("Not Found");
}
