import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scenariosFolder } from './programs';

/** A scenario of the simulator that is part of the package. */
export interface ShippedScenario {
  readonly name: string;
  /** The first sentence of the comment that its file begins with; empty where it begins with none. */
  readonly description: string;
}

const extension = '.yaml';

/** The names of the scenarios that are part of the package: what lies in their folder. */
export function scenarioNames(): string[] {
  const files = readdirSync(scenariosFolder()).filter((name) => name.endsWith(extension));
  return files.map((name) => name.slice(0, -extension.length)).sort();
}

/** All of them, with what their files say of themselves. */
export function shippedScenarios(): ShippedScenario[] {
  return scenarioNames().map((name) => {
    const text = readFileSync(join(scenariosFolder(), `${name}${extension}`), 'utf8');
    return { name, description: firstSentence(openingComment(text)) };
  });
}

/** Without the line that is for editors. */
function openingComment(text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('#'));
  return lines
    .slice(0, Math.max(0, end))
    .filter((line) => !line.includes('$schema='))
    .map((line) => line.slice(1).trim())
    .join(' ');
}

function firstSentence(text: string): string {
  return /^.*?\.(?=\s|$)/.exec(text)?.[0] ?? text;
}
