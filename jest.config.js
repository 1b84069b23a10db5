/** ES-only packages are compiled for jest, which loads CommonJS. */
const esOnlyPackages = [
  'execa',
  'env-paths',
  'p-limit',
  'fast-check',
  'yocto-queue',
  'is-safe-filename',
].join('|');

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.[tj]s$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript', decorators: true }, target: 'es2022' },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esOnlyPackages})/)`],
  testTimeout: 60_000,
  maxWorkers: 2,
  globalSetup: '<rootDir>/test/support/temporalGlobalSetup.ts',
  globalTeardown: '<rootDir>/test/support/temporalGlobalTeardown.ts',
  reporters: ['default', '<rootDir>/test/support/leftOutReporter.js'],
};
