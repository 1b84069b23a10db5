import { z } from 'zod';

const token = z.strictObject({
  id: z.string().describe('The part after the `!`.'),
  secret: z.string().optional().describe('A random UUID by default.'),
  privsep: z.boolean().default(false),
  expire: z.number().int().default(0).describe('Seconds since the epoch, 0 = never.'),
  comment: z.string().optional(),
});

/** A user with its tokens. */
const userSchema = z.strictObject({
  id: z.string().describe('<user>@<realm>'),
  password: z.string().optional(),
  enabled: z.boolean().default(true),
  expire: z.number().int().default(0).describe('Seconds since the epoch, 0 = never.'),
  groups: z.array(z.string()).default([]),
  comment: z.string().optional(),
  email: z.string().optional(),
  tokens: z.array(token).default([]),
});

/** Users, roles and permissions. */
export const accessSchema = z.strictObject({
  root_password: z.string().default('proxmox'),
  users: z.array(userSchema).optional().describe('By default claude-code@pve with the token `automation`.'),
  groups: z.array(z.strictObject({ id: z.string(), comment: z.string().optional() })).default([]),
  roles: z
    .array(z.strictObject({ id: z.string(), privileges: z.array(z.string()) }))
    .default([])
    .describe('Besides the built-in ones. Privileges that the version does not have are left out.'),
  acl: z
    .array(
      z
        .strictObject({
          path: z.string(),
          user: z.string().optional(),
          group: z.string().optional(),
          token: z.string().optional().describe('<user>@<realm>!<token>'),
          role: z.string(),
          propagate: z.boolean().default(true),
        })
        .refine(
          ({ user, group, token: full }) =>
            [user, group, full].filter((one) => one !== undefined).length === 1,
          {
            message: 'exactly one of user, group, token',
          },
        ),
    )
    .optional(),
});

/** Access as a scenario describes it. */
export type ScenarioAccess = z.output<typeof accessSchema>;
