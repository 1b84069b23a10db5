import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { simulatorProgram } from '../processes/programs';

/** Versions of Proxmox that the simulator can be. */
export const demoVersions = ['8.4', '9'] as const;
export type DemoVersion = (typeof demoVersions)[number];

/** The part of a scenario that the demo needs; figures are in GiB or MiB a second. */
const scenarioShape = z.looseObject({
  version: z.enum(demoVersions),
  network: z.object({ link: z.string(), stream: z.string() }),
});

/** The cluster that the demo runs on. */
export interface DemoScenario {
  readonly file: string;
  readonly version: DemoVersion;
  /** As in the scenario: bytes of one simulated second, e.g. `1.1G`. */
  readonly link: string;
  readonly stream: string;
}

/** Writes the shipped scenario `three-nodes` into a folder, as a cluster of that version (its own if none is named). */
export function writeDemoScenario(folder: string, version?: DemoVersion): DemoScenario {
  const shipped = join(dirname(simulatorProgram().file), 'scenarios', 'three-nodes.yaml');
  const scenario = scenarioShape.parse(parse(readFileSync(shipped, 'utf8'), { merge: true }));
  const played = { ...scenario, version: version ?? scenario.version };
  const file = join(folder, 'three-nodes.yaml');
  writeFileSync(file, stringify(played));
  return { file, version: played.version, ...scenario.network };
}

/**
 * Tells a configuration how fast the network is, as an administrator would who knows it: in seconds of this
 * machine's clock, of which one is `speed` simulated ones.
 */
export function appendNetworkSpeed(configFile: string, scenario: DemoScenario, speed: number): void {
  const migration = {
    network_speed: rate(scenario.link, speed),
    stream_cap: rate(scenario.stream, speed),
    setup_time: `${3000 / speed}ms`,
  };
  appendFileSync(configFile, stringify({ migration }));
}

const units: Readonly<Record<string, string>> = { K: 'KiB/s', M: 'MiB/s', G: 'GiB/s' };

function rate(size: string, speed: number): string {
  return `${Number((Number.parseFloat(size) * speed).toFixed(3))}${units[size.slice(-1)] ?? 'B/s'}`;
}
