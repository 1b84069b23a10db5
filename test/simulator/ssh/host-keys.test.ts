import { utils } from 'ssh2';
import { makeSshKey } from '../../../simulator/ssh/host-keys';

test('every key that is made can be read: of those that ssh2 makes some in a thousand can not', () => {
  const unreadable = Array.from({ length: 1500 }, () => makeSshKey('root@simulator')).filter(
    ({ privateKey, publicKey }) =>
      [privateKey, publicKey].some((text) => utils.parseKey(text) instanceof Error),
  );
  expect(unreadable).toEqual([]);
});
