/**
 * Milliseconds of processor time that some work takes in this process. Time on the clock would tell of everything else that
 * the machine does; what hangs without computing ends at the test's own limit.
 */
export async function cpuMsOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
