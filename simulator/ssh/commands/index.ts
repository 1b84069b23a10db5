import type { Program } from '../shell/context';
import { pvecmProgram, pvenodeProgram } from './cluster-programs';
import { filePrograms } from './file-programs';
import { haManagerProgram } from './ha-manager';
import { pveshProgram } from './pvesh';
import { pvesmProgram } from './pvesm';
import { pveumProgram } from './pveum';
import { qmProgram } from './qm';
import { systemPrograms } from './system-programs';
import { testPrograms } from './test-programs';
import { textPrograms } from './text-programs';

/** Every program that the simulated nodes have, by name. */
export const allPrograms: ReadonlyMap<string, Program> = new Map([
  ...Object.entries(filePrograms),
  ...Object.entries(systemPrograms),
  ...Object.entries(testPrograms),
  ...Object.entries(textPrograms),
  ['pveum', pveumProgram],
  ['pvesh', pveshProgram],
  ['pvesm', pvesmProgram],
  ['pvecm', pvecmProgram],
  ['pvenode', pvenodeProgram],
  ['qm', qmProgram],
  ['ha-manager', haManagerProgram],
]);
