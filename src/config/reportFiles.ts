/**
 * The file name of an operation's report in the reports folder: workflow ID (its slashes as `__`) and the first
 * run's ID, so that reports of the same node lie together and never overwrite each other.
 */
export function reportFileName(workflowId: string, firstExecutionRunId: string): string {
  return `${workflowId.replaceAll('/', '__')}.${firstExecutionRunId}.json`;
}
