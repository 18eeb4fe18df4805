import { expect } from "vitest";
import type { TestStage } from "./stage.ts";

/** The end of a bump that nothing disturbed: merged and published, with nothing done twice and nothing left over. */
export async function expectGoodEnding(stage: TestStage, version: string): Promise<void> {
  await stage.rest();
  const found = (await stage.pullRequests()).filter(({ title }) => title.endsWith(version));
  expect(found.map(({ merged }) => merged)).toEqual([true]);
  const [{ number, headSha } = expect.unreachable()] = found;
  expect((await stage.versions(stage.dns)).filter((one) => one === version)).toEqual([version]);
  expect(await stage.isPublished("acme/dns", version)).toBe(true);
  expect((await stage.checkRuns(headSha)).map(({ conclusion }) => conclusion)).toEqual(["success"]);
  const comments = await stage.ownComments(number);
  expect(comments).toEqual([expect.stringContaining(`acme/dns ${version} is verified and merged`)]);
  expect(await stage.branches()).toEqual(["main"]);
  expect(stage.log.filter(({ message }) => message === "job given up")).toEqual([]);
}
