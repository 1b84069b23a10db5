/**
 * The milliseconds of the processor that something takes in this process. How long it takes by the clock depends on what
 * else the machine does.
 */
export function processorMs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
