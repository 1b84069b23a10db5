import { readProperties } from './drives';

/** The bridges of a machine's network cards, each once. */
export function bridgesOf(configuration: Readonly<Record<string, string>>): readonly string[] {
  const bridges = Object.entries(configuration)
    .filter(([key]) => /^net\d+$/.test(key))
    .flatMap(([, value]) => readProperties(value).options.get('bridge') ?? []);
  return [...new Set(bridges)].filter((bridge) => !bridge.includes('{{'));
}
