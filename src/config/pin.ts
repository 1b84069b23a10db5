import { readFileSync } from 'node:fs';
import { isScalar } from 'yaml';
import { sync as writeFileAtomic } from 'write-file-atomic';
import { ManagerError, problem } from '../domain/errors';
import { YamlDocument } from './yamlDocument';

/**
 * Replaces the pinned fingerprint of a node in a configuration file; everything else stays as it is written. Throws
 * ConfigInvalid if the file has none there any more.
 */
export function replacePin(file: string, node: string, fingerprint: string): void {
  const text = readFileSync(file, 'utf8');
  const { document } = new YamlDocument(text);
  const index = nodeNames(document.toJS()).indexOf(node);
  const pin = document.getIn(['cluster', 'nodes', index, 'fingerprint'], true);
  const range = isScalar(pin) ? pin.range : undefined;
  if (range == null) {
    throw new ManagerError(
      problem('ConfigInvalid', {
        attempted: `replace the fingerprint of ${node} in ${file}`,
        failed: 'the file has no fingerprint there',
        remedy: `Write it there by hand: fingerprint: "${fingerprint}"`,
      }),
    );
  }
  const [start, end] = range;
  writeFileAtomic(file, `${text.slice(0, start)}"${fingerprint}"${text.slice(end)}`);
}

function nodeNames(file: unknown): unknown[] {
  const nodes = valueOf(valueOf(file, 'cluster'), 'nodes');
  return Array.isArray(nodes) ? nodes.map((node) => valueOf(node, 'name')) : [];
}

function valueOf(holder: unknown, key: string): unknown {
  return typeof holder === 'object' && holder !== null
    ? Object.entries(holder).find(([name]) => name === key)?.[1]
    : undefined;
}
