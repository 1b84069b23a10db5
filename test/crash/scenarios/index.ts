import { bootstrap, rotate, undo } from './access';
import { clusterCreate } from './clusterCreate';
import { clusterAside, clusterDestroy, clusterHardStop, clusterPurge } from './clusterDestroy';
import { clusterMove } from './clusterMove';
import { clusterReplace } from './clusterReplace';
import { clusterScale } from './clusterScale';
import { evacuate } from './evacuate';
import { runbook } from './runbook';
import { template } from './template';
import type { CrashScenario } from './scenario';

/** Every operation that the matrix knows. */
export const scenarios: readonly CrashScenario[] = [
  ...[evacuate, bootstrap, rotate, undo, runbook, template],
  ...[clusterCreate, clusterScale, clusterMove, clusterReplace],
  ...[clusterAside, clusterPurge, clusterDestroy, clusterHardStop],
];
