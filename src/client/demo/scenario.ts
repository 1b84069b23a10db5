import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { scenariosFolder } from '../processes/programs';

/** Versions of Proxmox that the simulator can be. */
export const demoVersions = ['8.4', '9'] as const;
export type DemoVersion = (typeof demoVersions)[number];

/** The part of a scenario that the demo needs. */
const scenarioShape = z.looseObject({
  version: z.enum(demoVersions),
});

/** The cluster that the demo runs on. */
export interface DemoScenario {
  readonly file: string;
  readonly version: DemoVersion;
}

/** Writes a shipped scenario into a folder, as a cluster of that version (its own if none is named). */
export function writeDemoScenario(folder: string, name: string, version?: DemoVersion): DemoScenario {
  const shipped = join(scenariosFolder(), `${name}.yaml`);
  const scenario = scenarioShape.parse(parse(readFileSync(shipped, 'utf8'), { merge: true }));
  const played = { ...scenario, version: version ?? scenario.version };
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, stringify(played));
  return { file, version: played.version };
}
