/** What the tokens of ssh_config(5) stand for. */
export interface TokenValues {
  /** %d */
  readonly home: string;
  /** %h */
  readonly host: string;
  /** %n: the host as it was named. */
  readonly namedHost: string;
  /** %p */
  readonly port: number;
  /** %r */
  readonly remoteUser: string;
  /** %u */
  readonly localUser: string;
}

/** Expands the tokens of a text; unknown ones stay as they are. */
export function expandTokens(text: string, values: TokenValues): string {
  const byLetter = new Map([
    ['%', '%'],
    ['d', values.home],
    ['h', values.host],
    ['n', values.namedHost],
    ['p', String(values.port)],
    ['r', values.remoteUser],
    ['u', values.localUser],
  ]);
  return text.replace(/%([%a-zA-Z])/g, (whole, letter: string) => byLetter.get(letter) ?? whole);
}

/** Expands a path: tokens, `~/` and `${VARIABLE}`. A relative path is one in the home folder. */
export function expandPath(text: string, values: TokenValues, environment: NodeJS.ProcessEnv): string {
  const path = expandTokens(text, values)
    .replace(/^~(?=\/)/, values.home)
    .replace(/\$\{(\w+)\}/g, (_whole, name: string) => environment[name] ?? '');
  return path.startsWith('/') ? path : `${values.home}/${path}`;
}
