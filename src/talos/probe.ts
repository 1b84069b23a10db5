import { z } from 'zod';
import { ManagerError, problem } from '../domain/errors';
import type { TalosFace, TalosMachine, TalosSighting } from '../domain/talos/machine';
import { saidByTalosctl, saysAny } from './failures';
import { talosctl, type TalosContext } from './tool';

type Access = 'authenticated' | 'insecure';

/** A machine that is there answers at once; what is off or still boots must not hold others up. */
const lookTimeoutMs = 15_000;

const machineStatus = z.object({ spec: z.object({ stage: z.string() }) });
const systemInformation = z.object({ spec: z.object({ uuid: z.string() }) });

/**
 * Who answers at an address, and in which stage it is: asked with the cluster's certificate first, then as a machine
 * without configuration. Nobody there is an answer too. Changes nothing.
 */
export async function lookAtMachine(context: TalosContext, address: string): Promise<TalosSighting> {
  const ours = await stageOf(context, address, 'authenticated');
  if ('stage' in ours) return sighting(context, address, 'ours', ours.stage);
  if (!isRefusal(ours.error)) return silent(ours.error);
  const open = await stageOf(context, address, 'insecure');
  if ('stage' in open)
    return { said: wordsOf(ours.error), ...(await sighting(context, address, 'maintenance', open.stage)) };
  return isRefusal(open.error) ? { face: 'foreign', said: wordsOf(open.error) } : silent(open.error);
}

type Stage = { readonly stage: string } | { readonly error: ManagerError };

async function stageOf(context: TalosContext, address: string, as: Access): Promise<Stage> {
  try {
    const { spec } = await readResource(context, address, as, 'machinestatus', machineStatus);
    return { stage: spec.stage };
  } catch (error) {
    if (error instanceof ManagerError && isAboutMachine(error)) return { error };
    throw error;
  }
}

/** It tells about the machine, not about the tool. */
function isAboutMachine(error: ManagerError): boolean {
  return isRefusal(error) || error.code === 'NodeUnreachable' || error.code === 'CommandTimedOut';
}

function isRefusal(error: ManagerError): boolean {
  return saysAny(error, [
    'x509: certificate signed by unknown authority',
    'tls: certificate required',
    'tls: bad certificate',
  ]);
}

function silent(error: ManagerError): TalosSighting {
  return { face: 'silent', said: wordsOf(error) };
}

function wordsOf({ problem: { failed, proxmoxSaid } }: ManagerError): string {
  return proxmoxSaid ?? failed;
}

async function sighting(
  context: TalosContext,
  address: string,
  face: TalosFace & ('ours' | 'maintenance'),
  stage: string,
): Promise<TalosSighting> {
  const as = face === 'ours' ? 'authenticated' : 'insecure';
  try {
    const { spec } = await readResource(context, address, as, 'systeminformation', systemInformation);
    return { face, stage, uuid: spec.uuid.toLowerCase() };
  } catch (error) {
    // It has just gone on to another stage.
    if (error instanceof ManagerError && isAboutMachine(error)) return silent(error);
    throw error;
  }
}

/** One resource of a machine that has exactly one of its type. Throws AnswerUnreadable where it has none. */
export async function readResource<T>(
  context: TalosContext,
  address: string,
  as: Access,
  type: string,
  shape: z.ZodType<T>,
): Promise<T> {
  const said = await talosctl(context, {
    command: ['get', type],
    options: ['-o', 'json'],
    on: { address, as },
    kind: 'read',
    timeoutMs: lookTimeoutMs,
  });
  const parsed = shape.safeParse(parsedJson(said.reveal()));
  if (parsed.success) return parsed.data;
  throw new ManagerError(
    problem('AnswerUnreadable', {
      attempted: `read ${type} of ${address}`,
      failed: 'talosctl answered in a form that this version does not know',
      remedy: 'Please report it with the versions of talosctl and of the machine.',
    }),
  );
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * What is seen at a machine's address, if it is that machine. Throws NotAsExpected where another one answers there:
 * addresses are given again, and what follows must never hit a stranger.
 */
export async function lookAtOwnMachine(context: TalosContext, machine: TalosMachine): Promise<TalosSighting> {
  const seen = await lookAtMachine(context, machine.address);
  if (seen.uuid === undefined || seen.uuid === machine.uuid.toLowerCase()) return seen;
  throw new ManagerError(
    problem('NotAsExpected', {
      attempted: `look at ${machine.name} on ${machine.address}`,
      failed: `another machine answers there (its uuid is ${seen.uuid}, not ${machine.uuid.toLowerCase()})`,
      remedy: 'Two machines have this address, or it was given to another one. Nothing was sent to it.',
    }),
  );
}

/** The same, for what only the machine itself may be asked: throws where nobody answers, or it is not of this cluster. */
export async function requireOurs(context: TalosContext, machine: TalosMachine): Promise<TalosSighting> {
  const seen = await lookAtOwnMachine(context, machine);
  if (seen.face === 'ours') return seen;
  const because: Record<Exclude<TalosFace, 'ours'>, string> = {
    maintenance: 'it has no configuration',
    foreign: "it does not know this cluster's certificates",
    silent: 'it does not answer',
  };
  throw new ManagerError(
    problem(seen.face === 'silent' ? 'NodeUnreachable' : 'NotAsExpected', {
      attempted: `ask ${machine.name} on ${machine.address}`,
      failed: because[seen.face],
      remedy: 'Look at the console of the machine; give it its configuration first.',
      ...saidByTalosctl(seen.said),
    }),
  );
}
