/** Configurations that are wrong because somebody put the token where it does not belong. */
export function brokenConfigs(tokenId: string, secret: string): Record<string, string> {
  const nodes = ['cluster:', '  name: canary', '  nodes:', '    - { name: pve01, host: 127.0.0.1 }'].join(
    '\n',
  );
  return {
    'a-variable-that-is-the-secret': `${nodes}\ncredentials:\n  environment:\n    token_id: PVE_TOKEN_ID\n    token_secret: "${secret}"\n`,
    'an-unknown-key': `${nodes}\ncredentials:\n  pass_path: a/b\n  token_secret: "${secret}"\n`,
    'the-secret-as-key': `${nodes}\ncredentials:\n  pass_path: a/b\n  "${secret}": 1\n`,
    'the-whole-token-as-key': `${nodes}\ncredentials:\n  pass_path: a/b\n  "${tokenId}=${secret}": 1\n`,
    'a-line-of-its-own': `${nodes}\ncredentials:\n  pass_path: a/b\n${secret}\n`,
    'a-list': `${nodes}\ncredentials:\n  - ${tokenId}\n  - "${secret}"\n`,
    'an-open-quote': `${nodes}\ncredentials:\n  pass_path: "a/b\n  token: "${secret}\n`,
    'a-host': `${nodes}\n    - { name: pve02, host: "https://${tokenId}=${secret}@pve02" }\ncredentials:\n  pass_path: a/b\n`,
    'a-port': `${nodes}\n    - { name: pve02, host: pve02, port: "${secret}" }\ncredentials:\n  pass_path: a/b\n`,
    'an-anchor': `${nodes}\ncredentials: *${secret}\n`,
    'a-tag': `${nodes}\ncredentials:\n  pass_path: !${secret} a/b\n`,
    'a-duration': `${nodes}\ncredentials:\n  pass_path: a/b\napproval:\n  expires_after: "${secret}"\n`,
    'nothing-else': `${tokenId}\n${secret}\n`,
  };
}
