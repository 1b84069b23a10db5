import { isNameOfSecret } from '../../src/domain/ansible/request';
import { checkPlaybookRequest } from '../../src/workflows/ansible/request';

test.each([
  'db_password',
  'ansible_become_pass',
  'ansible_ssh_pass',
  'token',
  'API_TOKEN',
  'tls_private_key',
])('the value of a variable that is called %s is not taken into a history', (name) => {
  expect(isNameOfSecret(name)).toBe(true);
  expect(() => checkPlaybookRequest({ playbook: 'site', extraVars: { [name]: 'hunter2' } })).toThrow(
    'secretVars',
  );
  expect(() => checkPlaybookRequest({ playbook: 'site', secretVars: { [name]: 'database' } })).not.toThrow();
});

test.each(['compass', 'password_length', 'tokens', 'bypass'])('%s is no name of a secret', (name) => {
  expect(isNameOfSecret(name)).toBe(false);
  expect(() => checkPlaybookRequest({ playbook: 'site', extraVars: { [name]: 1 } })).not.toThrow();
});
