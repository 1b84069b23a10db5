import js from '@eslint/js';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/**
 * Imports go down this list only (docs/architecture.md). `client` and `worker` share the top.
 * knip finds cycles (`npm run dead-code`).
 */
const layers = [
  ['client', 'worker.ts'],
  ['workflows'],
  ['activities'],
  ['temporal'],
  ['runbooks', 'planning'],
  ['proxmox', 'ssh', 'ansible', 'talos', 'kubernetes'],
  ['credentials'],
  ['programs'],
  ['config'],
  ['domain'],
];
const pathOf = (name) => `./src/${name}`;

const layerZones = layers.flatMap((names, level) => {
  const above = layers.slice(0, level).flat();
  const beside = names.length > 1 ? names : [];
  return names.map((name) => ({
    target: pathOf(name),
    from: [...above, ...beside.filter((other) => other !== name)].map(pathOf),
    message: 'Imports go down the layers only: see docs/architecture.md.',
  }));
});

const zones = [
  ...layerZones.filter((zone) => zone.from.length > 0),
  {
    target: './src',
    from: ['./simulator', './standins', './test', './bench'],
    message: 'The product never imports the simulator, stand-ins or tests.',
  },
  {
    target: './simulator',
    from: ['./src', './standins', './test', './bench'],
    message: 'The simulator never imports the product, so that the two can disagree.',
  },
  {
    target: './standins',
    from: ['./src', './simulator', './test', './bench'],
    message: 'Stand-ins never import the product, so that the two can disagree.',
  },
  {
    target: './src/domain',
    from: './src',
    except: ['./domain'],
    message: 'domain/ imports nothing of the project.',
  },
  {
    target: './src/planning/rules',
    from: './src',
    except: ['./domain', './planning/rules'],
    message: 'planning/rules/ runs inside workflows: it imports domain/ only.',
  },
];

const onlyImporter = (packages) => ({
  paths: packages.map((name) => ({ name, message: `${name} has one importer: see docs/architecture.md.` })),
});

export default tseslint.config(
  { ignores: ['dist', 'coverage', 'node_modules'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    // One program for all files: the service for editors keeps more in memory.
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver()] },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones }],
      'no-restricted-imports': ['error', onlyImporter(['undici', 'ssh2', '@kubernetes/client-node'])],
      'max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }],
    },
  },
  {
    files: ['src/proxmox/**'],
    rules: { 'no-restricted-imports': ['error', onlyImporter(['ssh2', '@kubernetes/client-node'])] },
  },
  {
    files: ['src/ssh/**'],
    rules: { 'no-restricted-imports': ['error', onlyImporter(['undici', '@kubernetes/client-node'])] },
  },
  {
    files: ['src/kubernetes/**'],
    rules: { 'no-restricted-imports': ['error', onlyImporter(['undici', 'ssh2'])] },
  },
  {
    files: ['simulator/**', 'standins/**', 'test/**', 'bench/**'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    files: ['src/workflows/**', 'src/planning/rules/**', 'src/domain/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex:
                '^(node:|undici$|ssh2$|zod$|yaml$|@temporalio/(client|worker|activity|testing)$|fs$|crypto$|path$|os$)',
              message:
                'Workflow code, and what it imports, does not act: no Node built-ins, no clients, no zod.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/workflows/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "ThrowStatement > NewExpression[callee.name='Error']",
          message: 'A plain Error fails the workflow task, which retries for ever: throw ApplicationFailure.',
        },
        {
          selector: "ImportDeclaration[importKind!='type'][source.value=/activities/]",
          message: 'Workflows import activities as types only.',
        },
      ],
    },
  },
  {
    files: ['test/**'],
    rules: {
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  { files: ['**/*.mjs', '**/*.js'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        module: 'writable',
        require: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
      },
    },
    rules: { ...tseslint.configs.disableTypeChecked.rules, '@typescript-eslint/no-require-imports': 'off' },
  },
);
