import { Worker as Thread } from 'node:worker_threads';
import type { Logger } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { ThreadedVMWorkflowCreator, WorkerThreadClient } from '@temporalio/worker/lib/workflow/threaded-vm';
import type { CompiledWorkerOptions } from '@temporalio/worker/lib/worker-options';

type Bundle = Parameters<typeof ThreadedVMWorkflowCreator.create>[0]['workflowBundle'];

/** Each bundle that was read, by its path: it stays the same as long as a jest run. */
const bundles = new Map<string, Promise<Bundle | undefined>>();

/** Threads that no worker uses, the last used last; `known`: their bundle and the names of activities. */
const idle: { readonly known: string; readonly thread: WorkflowThread }[] = [];
/** Each has the memory of a realm and a bundle. */
const mostIdle = 2;

/** A thread in which workflows run. */
class WorkflowThread extends WorkerThreadClient {
  static async start(
    options: CompiledWorkerOptions,
    bundle: Bundle,
    logger: Logger,
  ): Promise<WorkflowThread> {
    const program = require.resolve('@temporalio/worker/lib/workflow/workflow-worker-thread');
    const thread = new WorkflowThread(new Thread(program), logger);
    const { isolateExecutionTimeoutMs, reuseV8Context, activities } = options;
    await thread.send({
      ...{ type: 'init', workflowBundle: bundle, isolateExecutionTimeoutMs, reuseV8Context },
      ...{ registeredActivityNames: new Set(activities.keys()), hasPatchActivationCallback: false },
    });
    return thread;
  }

  use(): void {
    this.workerThread.ref();
  }

  /** It doesn't keep the process from ending. */
  leave(): void {
    this.workerThread.unref();
  }
}

/** The workflows of one worker. Their thread is kept for the next worker, unless one of them is still in it. */
class KeptWorkflows extends ThreadedVMWorkflowCreator {
  constructor(
    private readonly known: string,
    private readonly thread: WorkflowThread,
  ) {
    super([thread]);
  }

  override async destroy(): Promise<void> {
    const { known, thread } = this;
    if (thread.getActiveWorkflowCount() > 0) return super.destroy();
    thread.leave();
    idle.push({ known, thread });
    if (idle.length > mostIdle) await idle.shift()?.thread.destroy();
  }
}

/**
 * A worker as the SDK's, save that it takes over the thread of one that has ended, with the bundle compiled in it: to
 * read a bundle and to start a thread for it takes more of the processor than most tests. One worker at a time has it.
 */
export class ThriftyWorker extends Worker {
  protected static override async getOrCreateBundle(
    options: CompiledWorkerOptions,
    logger: Logger,
  ): Promise<Bundle | undefined> {
    const { workflowBundle } = options;
    if (workflowBundle === undefined || !('codePath' in workflowBundle))
      return super.getOrCreateBundle(options, logger);
    const { codePath } = workflowBundle;
    const bundle = bundles.get(codePath) ?? super.getOrCreateBundle(options, logger);
    bundles.set(codePath, bundle);
    return bundle;
  }

  protected static override async createWorkflowCreator(
    bundle: Bundle,
    options: CompiledWorkerOptions,
    logger: Logger,
  ): Promise<KeptWorkflows> {
    const known = JSON.stringify([bundle.filename, ...[...options.activities.keys()].toSorted()]);
    const place = idle.findLastIndex((it) => it.known === known);
    const [kept] = place < 0 ? [] : idle.splice(place, 1);
    const thread = kept?.thread ?? (await WorkflowThread.start(options, bundle, logger));
    thread.use();
    return new KeptWorkflows(known, thread);
  }
}
