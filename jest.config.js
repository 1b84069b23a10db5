/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/test/support/oneRealmEnvironment.js',
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
  // Only ends what hangs: how long a test takes is a matter of the machine, and of what else runs on it.
  testTimeout: 300_000,
  // For two cores: end-to-end tests wait more than half of the time, on heartbeats, timers and simulated copies.
  maxWorkers: 5,
  globalSetup: '<rootDir>/test/support/temporalGlobalSetup.ts',
  globalTeardown: '<rootDir>/test/support/temporalGlobalTeardown.ts',
  testSequencer: '<rootDir>/test/support/longestFirst.js',
  reporters: ['default', '<rootDir>/test/support/leftOutReporter.js'],
};
