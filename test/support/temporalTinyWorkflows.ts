import { condition, defineSignal, proxyActivities, setHandler, sleep } from '@temporalio/workflow';

interface TinyActivities {
  greet(name: string): Promise<string>;
  work(request: { readonly until: string }): Promise<number>;
}

const activities = proxyActivities<TinyActivities>({
  startToCloseTimeout: '1 minute',
  heartbeatTimeout: '10s',
});

/** Tells a worker that this workflow may end. */
export const finish = defineSignal('finish');

/** Says hello through an activity. */
export async function greeting(input: { readonly name: string }): Promise<string> {
  return activities.greet(input.name);
}

/** Runs one activity, until a file is there. */
export async function longWork(input: { readonly until: string }): Promise<number> {
  return activities.work(input);
}

/** Open until it is told to finish. */
export async function openUntilFinished(): Promise<string> {
  let finished = false;
  setHandler(finish, () => {
    finished = true;
  });
  await condition(() => finished);
  return 'finished';
}

/** Sleeps a day. */
export async function sleepADay(): Promise<string> {
  await sleep('1 day');
  return 'slept';
}
