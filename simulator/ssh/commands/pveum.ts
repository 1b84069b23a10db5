import { textOf, printed, toolProgram, type Tool } from '../cli/tool';
import { readUsage } from '../cli/usage';

/** The commands as `pveum` itself lists them (recording g1). */
const usage = readUsage(
  'pveum',
  `
acl delete <path> --roles <string> [OPTIONS]
acl list  [FORMAT_OPTIONS]
acl modify <path> --roles <string> [OPTIONS]

group add <groupid> [OPTIONS]
group delete <groupid>
group list  [FORMAT_OPTIONS]
group modify <groupid> [OPTIONS]

pool add <poolid> [OPTIONS]
pool delete <poolid>
pool list  [OPTIONS] [FORMAT_OPTIONS]
pool modify <poolid> [OPTIONS]

realm add <realm> --type <string> [OPTIONS]
realm delete <realm>
realm list  [FORMAT_OPTIONS]
realm modify <realm> [OPTIONS]
realm sync <realm> [OPTIONS]

role add <roleid> [OPTIONS]
role delete <roleid>
role list  [FORMAT_OPTIONS]
role modify <roleid> [OPTIONS]

user tfa unlock <userid>
user tfa delete <userid> [OPTIONS]
user tfa list [<userid>]
user token add <userid> <tokenid> [OPTIONS] [FORMAT_OPTIONS]
user token delete <userid> <tokenid> [FORMAT_OPTIONS]
user token list <userid> [FORMAT_OPTIONS]
user token modify <userid> <tokenid> [OPTIONS] [FORMAT_OPTIONS]
user token permissions <userid> <tokenid> [OPTIONS] [FORMAT_OPTIONS]
user permissions [<userid>] [OPTIONS] [FORMAT_OPTIONS]
user add <userid> [OPTIONS]
user delete <userid>
user list  [OPTIONS] [FORMAT_OPTIONS]
user modify <userid> [OPTIONS]

passwd <userid> [OPTIONS]
ticket <username> [OPTIONS]

help [<extra-args>] [OPTIONS]
`,
);

const pveum: Tool = {
  usage,
  aliases: {
    useradd: 'user add',
    usermod: 'user modify',
    userdel: 'user delete',
    groupadd: 'group add',
    groupmod: 'group modify',
    groupdel: 'group delete',
    roleadd: 'role add',
    rolemod: 'role modify',
    roledel: 'role delete',
    aclmod: 'acl modify',
    acldel: 'acl delete',
    'user token remove': 'user token delete',
  },
  commands: {
    'user add': { endpoint: 'POST /access/users' },
    'user modify': { endpoint: 'PUT /access/users/{userid}' },
    'user delete': { endpoint: 'DELETE /access/users/{userid}' },
    'user list': { endpoint: 'GET /access/users', output: printed },
    'user permissions': { endpoint: 'GET /access/permissions', output: printed },
    'user token add': { endpoint: 'POST /access/users/{userid}/token/{tokenid}', output: printed },
    'user token modify': { endpoint: 'PUT /access/users/{userid}/token/{tokenid}', output: printed },
    'user token delete': { endpoint: 'DELETE /access/users/{userid}/token/{tokenid}', output: printed },
    'user token list': { endpoint: 'GET /access/users/{userid}/token', output: printed },
    'user token permissions': {
      endpoint: 'GET /access/permissions',
      prepare: (values) => {
        values.set('userid', `${textOf(values.get('userid'))}!${textOf(values.get('tokenid'))}`);
        values.delete('tokenid');
      },
      output: printed,
    },
    'group add': { endpoint: 'POST /access/groups' },
    'group list': { endpoint: 'GET /access/groups', output: printed },
    'realm list': { endpoint: 'GET /access/domains', output: printed },
    'role add': { endpoint: 'POST /access/roles' },
    'role modify': { endpoint: 'PUT /access/roles/{roleid}' },
    'role delete': { endpoint: 'DELETE /access/roles/{roleid}' },
    'role list': { endpoint: 'GET /access/roles', output: printed },
    'acl modify': { endpoint: 'PUT /access/acl' },
    'acl delete': { endpoint: 'PUT /access/acl', prepare: (values) => values.set('delete', '1') },
    'acl list': { endpoint: 'GET /access/acl', output: printed },
    'pool add': { endpoint: 'POST /pools' },
    'pool modify': { endpoint: 'PUT /pools/{poolid}' },
    'pool delete': { endpoint: 'DELETE /pools/{poolid}' },
    'pool list': { endpoint: 'GET /pools', output: printed },
  },
};

/** `pveum`: users, roles, permissions, tokens, pools (behaviour.md 10.2). */
export const pveumProgram = toolProgram(pveum);
