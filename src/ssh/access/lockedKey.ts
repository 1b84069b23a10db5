/** What helps where an encrypted key has no passphrase. A worker that `pxm up` started has no terminal to ask on. */
export function lockedKeyRemedy(file: string): string {
  return [
    `One of these: put it into the key agent of the worker (ssh-add ${file}; was it started without that agent, pxm down and pxm up in the same shell)`,
    'store its passphrase in pass and name the entry in cluster-config.yaml (ssh_key_pass_path: below credentials:), then pxm up',
    'run the worker in a terminal, where it asks: pxm worker.',
  ].join('; or ');
}
