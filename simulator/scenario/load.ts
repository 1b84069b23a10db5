import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { scenarioSchema, type Scenario } from './schema';

/** A scenario that can't be used, with every problem in the message. */
export class ScenarioError extends Error {
  constructor(source: string, problems: string) {
    super(`${source} is not a scenario:\n${problems}`);
    this.name = 'ScenarioError';
  }
}

/** Checks a scenario object and fills in defaults. Throws ScenarioError. */
export function parseScenario(input: unknown, source = 'the scenario'): Scenario {
  const parsed = scenarioSchema.safeParse(input);
  if (!parsed.success) throw new ScenarioError(source, z.prettifyError(parsed.error));
  const problems = referenceProblems(parsed.data);
  if (problems.length > 0) throw new ScenarioError(source, problems.join('\n'));
  return parsed.data;
}

const shippedFolder = path.join(__dirname, '..', 'scenarios');

/** The names of the shipped scenarios: what lies in their folder. */
export function shippedScenarioNames(): string[] {
  const files = readdirSync(shippedFolder).filter((name) => name.endsWith('.yaml'));
  return files.map((name) => path.basename(name, '.yaml')).sort();
}

/** Reads a scenario from a YAML file, or one of the shipped ones by name (`three-nodes`). */
export function loadScenario(fileOrName: string): Scenario {
  const shipped = path.join(shippedFolder, `${fileOrName}.yaml`);
  const file = existsSync(shipped) ? shipped : fileOrName;
  return parseScenario(parse(readFileSync(file, 'utf8'), { merge: true }), file);
}

function referenceProblems({ nodes, guests, generate, storages, volumes }: Scenario): string[] {
  const nodeNames = new Set(nodes.map(({ name }) => name));
  const storageIds = new Set(storages.map(({ id }) => id));
  const vmids = guests.map(({ vmid }) => vmid);
  return [
    ...vmids
      .filter((vmid, index) => vmids.indexOf(vmid) !== index)
      .map((vmid) => `guest ${vmid} is there twice`),
    ...guests
      .filter(({ node }) => !nodeNames.has(node))
      .map(({ vmid, node }) => `guest ${vmid} is on the unknown node ${node}`),
    ...generate.flatMap((group) =>
      group.nodes
        .filter((node) => !nodeNames.has(node))
        .map((node) => `generate names the unknown node ${node}`),
    ),
    ...volumes
      .filter(({ volid }) => !storageIds.has(volid.split(':')[0] ?? ''))
      .map(({ volid }) => `volume ${volid} is on an unknown storage`),
  ];
}
