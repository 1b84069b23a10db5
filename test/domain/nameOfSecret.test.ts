import { isNameOfSecret } from '../../src/domain/ansible/request';

test.each([
  'db_password',
  'ansible_become_pass',
  'ansible_ssh_pass',
  'token',
  'API_TOKEN',
  'tls_private_key',
])('%s is the name of a secret', (name) => {
  expect(isNameOfSecret(name)).toBe(true);
});

test.each(['compass', 'password_length', 'tokens', 'bypass'])('%s is no name of a secret', (name) => {
  expect(isNameOfSecret(name)).toBe(false);
});
