const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

/** Folders of the packages in a node_modules folder, nested ones too. */
function packageFolders(root) {
  if (!existsSync(root)) return [];
  const names = readdirSync(root).flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(root, name)).map((inner) => `${name}/${inner}`) : [name],
  );
  return names.flatMap((name) => [
    { name, folder: join(root, name) },
    ...packageFolders(join(root, name, 'node_modules')),
  ]);
}

/** ES-only packages are compiled for jest, which loads CommonJS. Node itself can require them. */
function esOnlyPackages() {
  const esOnly = packageFolders(join(dirname(require.resolve('./package.json')), 'node_modules')).filter(
    ({ folder }) => {
      const file = join(folder, 'package.json');
      return existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).type === 'module';
    },
  );
  return [...new Set(esOnly.map(({ name }) => name))];
}

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.m?[tj]s$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript', decorators: true }, target: 'es2022' },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(.*/node_modules/)?(${esOnlyPackages().join('|')})/)`],
  // Its exports name only the condition `import`, which jest's CommonJS loader does not ask for.
  moduleNameMapper: { '^unicorn-magic$': '<rootDir>/node_modules/unicorn-magic/node.js' },
  testTimeout: 60_000,
  // For two cores: end-to-end tests wait more than half of the time, on heartbeats, timers and simulated copies.
  maxWorkers: 6,
  globalSetup: '<rootDir>/test/support/temporalGlobalSetup.ts',
  globalTeardown: '<rootDir>/test/support/temporalGlobalTeardown.ts',
  testSequencer: '<rootDir>/test/support/longestFirst.js',
  reporters: ['default', '<rootDir>/test/support/leftOutReporter.js'],
};
