/** What every child process of ours may see of our environment. Nothing here can hold a secret of a cluster. */
const allowedVariables = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'LC_*',
  'TZ',
  'TERM',
  'TMPDIR',
  'XDG_*',
  'PXM_STATE_FOLDER',
  'PXM_CACHE_FOLDER',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];

/**
 * The environment for a child process: an allow-list of ours, `alsoAllowed` (names, or prefixes that end in
 * `*`), and nothing else. NODE_OPTIONS is not among them: it could ask for diagnostic reports.
 */
export function childEnvironment(alsoAllowed: readonly string[] = []): NodeJS.ProcessEnv {
  const allowed = [...allowedVariables, ...alsoAllowed];
  const isAllowed = (name: string) =>
    allowed.some((it) => (it.endsWith('*') ? name.startsWith(it.slice(0, -1)) : name === it));
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => isAllowed(name)));
}
