import { dirname, resolve } from 'node:path';
import { activityInfo, type Info } from '@temporalio/activity';
import writeFileAtomic from 'write-file-atomic';

import { reasonOfFailedRead } from '../../config/readFailure';
import { ManagerError, problem } from '../../domain/errors';
import type { FileWriter } from '../../ssh/files/remoteFiles';
import { sshHostOf } from '../doctor/facts/seeNode';
import type { ActivityAttempt } from '../shared/attempt';
import { doneWith } from './answer';
import type { RunStepArguments, StepDone } from './contract';
import type { RunbookDependencies } from './dependencies';
import { textsOfStep } from './texts';

/** Writes the file of a step, whole or not at all: on a node, or on this machine (a relative path: beside the configuration). */
export async function writeFile(
  dependencies: RunbookDependencies,
  attempt: ActivityAttempt,
  input: RunStepArguments,
): Promise<StepDone> {
  const { config, ssh } = dependencies;
  const { step, values, node } = input;
  if (step.action.type !== 'file') throw notWritable(step.title, 'the step has no file');
  const texts = await textsOfStep(dependencies, attempt, input);
  const path = texts.plain(step.action.path);
  const content = texts.plain(step.action.content);
  const mode = Number.parseInt(step.action.mode, 8);
  attempt.requireAlive();
  if (step.executor === 'local') {
    const place = resolve(dirname(config.file), path);
    try {
      await writeFileAtomic(place, content, { mode });
    } catch (error) {
      throw notWritable(step.title, `${place} can't be written: ${reasonOfFailedRead(error)}`);
    }
  } else {
    const found = config.cluster.nodes.find(({ name }) => name === node);
    if (found === undefined) throw notWritable(step.title, `the configuration has no node ${node ?? ''}`);
    const options = { mode, writer: writerOf(activityInfo()), signal: attempt.signal };
    await ssh.files.write(sshHostOf(found, config.sshUser), path, content, options);
  }
  return doneWith(
    step,
    values,
    { text: `${Buffer.byteLength(content)} bytes written to ${path}` },
    texts.redaction,
  );
}

/** Each attempt writes under a name of its own, since one before it may only be frozen. */
function writerOf({ workflowExecution, activityId, attempt }: Info): FileWriter {
  const { workflowId = '', runId = '' } = workflowExecution ?? {};
  return { id: [workflowId, runId, activityId].join('/'), attempt };
}

function notWritable(title: string, failed: string): ManagerError {
  return new ManagerError(problem('CommandFailed', { attempted: `write a file (step "${title}")`, failed }));
}
