import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sync as writeFileAtomic } from 'write-file-atomic';
import { ManagerError, problem } from '../domain/errors';
import { addKey } from './addKey';
import { YamlDocument } from './yamlDocument';

/** A certificate that is to be trusted. */
export interface NewPin {
  readonly node: string;
  /** `AA:BB:...` */
  readonly fingerprint: string;
}

/**
 * Writes fingerprints of nodes that have none yet into a configuration file; all else, comments too, stays as it is
 * written. All or none. Throws ConfigInvalid where that can't be done safely.
 */
export function writePins(file: string, pins: readonly NewPin[]): void {
  const text = pins.reduce(
    (written, { node, fingerprint }) => {
      const index = nodeNames(written).indexOf(node);
      const section = ['cluster', 'nodes', index];
      return addKey(written, { section, behind: 'host', key: 'fingerprint', value: `"${fingerprint}"` });
    },
    readFileSync(file, 'utf8'),
  );
  writeFileAtomic(file, text);
}

/** The name of the file that the CA is written to, beside the configuration. */
export const certificateAuthorityFile = 'pve-root-ca.pem';

/** Writes the CA beside a configuration file and names it there as `ca_file`. A file with another CA is not replaced. */
export function writeCertificateAuthority(file: string, pem: string): void {
  const place = join(dirname(file), certificateAuthorityFile);
  if (existsSync(place) && readFileSync(place, 'utf8') !== pem) {
    throw new ManagerError(
      problem('ConfigInvalid', {
        attempted: `write the cluster's CA to ${place}`,
        failed: 'there is another file of that name',
        remedy: 'Move it away, then run the command again.',
      }),
    );
  }
  const added = { section: ['cluster'], behind: 'name', key: 'ca_file', value: certificateAuthorityFile };
  const text = addKey(readFileSync(file, 'utf8'), added);
  writeFileAtomic(place, pem, { mode: 0o644 });
  writeFileAtomic(file, text);
}

function nodeNames(text: string): readonly unknown[] {
  const { document } = new YamlDocument(text);
  const names: unknown[] = [];
  for (let index = 0; document.hasIn(['cluster', 'nodes', index]); index += 1) {
    names.push(document.getIn(['cluster', 'nodes', index, 'name']));
  }
  return names;
}
