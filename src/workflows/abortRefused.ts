/** How Proxmox was asked before to stop a task. */
interface AskedBefore {
  readonly abortAsked: boolean | undefined;
  readonly abortRefused: boolean | undefined;
}

/**
 * Whether Proxmox has refused to stop a task, now that it was asked (once more). Where it had agreed before, a refusal tells
 * only that the task has ended meanwhile: as asked.
 */
export function isAbortRefused({ abortAsked, abortRefused }: AskedBefore, agrees: boolean): boolean {
  const hadAgreed = abortAsked === true && abortRefused !== true;
  return !agrees && !hadAgreed;
}
