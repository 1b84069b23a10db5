import { invocationOf } from '../shell/programs';
import type { Script } from '../shell/script';

/** A place where a command line gets a secret, or holds one. */
export interface SecretSource {
  readonly offset: number;
  /** As it is written, without any value. */
  readonly what: string;
}

/** Programs that print secrets. */
const stores = /^(pass|gpg|op|vault|bw|secret-tool|security|age|sops)$/;
/** Options and variables that hold secrets, and headers that do. */
const secretOption = /^--?(password|passwd|token|secret|cipassword|api-?key)(=|$)/i;
const secretVariable = /\b(password|passwd|secret|token|api_?key)=\S/i;
const tokenText =
  /PVEAPIToken=|Authorization:\s*(Bearer|Basic)\s+\S|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

/** Whether a program prints secrets that it keeps. */
export function isSecretStore(name: string): boolean {
  return stores.test(name);
}

/** Where a script takes secrets from a store into its commands, or has them written in it. */
export function secretSources(script: Script): readonly SecretSource[] {
  return script.commands.flatMap((command) => {
    const { name, arguments: words } = invocationOf(command);
    const offset = command.node.start;
    if (name !== undefined && stores.test(name)) return [{ offset, what: name }];
    const found: SecretSource[] = [];
    words.forEach(({ node, literal }, index) => {
      const written = literal ?? script.text.slice(node.start, node.end);
      const before = words[index - 1]?.literal ?? '';
      const isValue = secretOption.test(before) && !before.includes('=') && !written.startsWith('-');
      const isOption = secretOption.test(written) && written.includes('=');
      if (isValue || isOption)
        found.push({ offset: node.start, what: (isValue ? before : written).replace(/=.*/s, '') });
      else if (tokenText.test(written)) found.push({ offset: node.start, what: 'this text' });
      else if (secretVariable.test(written) && !written.includes('{{'))
        found.push({ offset: node.start, what: 'this text' });
    });
    return found;
  });
}
