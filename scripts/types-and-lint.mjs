/**
 * Types and lint in one process: `npm run types` and `npm run lint` each read and check the whole program, which is most
 * of what they take.
 */
import { ESLint } from 'eslint';
import typescript from 'typescript';

const { sys } = typescript;

function checkedProgram() {
  const fail = (diagnostic) => {
    throw new Error(typescript.flattenDiagnosticMessageText(diagnostic.messageText, sys.newLine));
  };
  const host = { ...sys, onUnRecoverableConfigFileDiagnostic: fail };
  const config = typescript.getParsedCommandLineOfConfigFile('tsconfig.json', { noEmit: true }, host);
  const program = typescript.createProgram({ rootNames: config.fileNames, options: config.options });
  return { program, problems: [...config.errors, ...typescript.getPreEmitDiagnostics(program)] };
}

function showTypes(problems) {
  const names = {
    getCurrentDirectory: sys.getCurrentDirectory,
    getCanonicalFileName: (name) => name,
    getNewLine: () => sys.newLine,
  };
  process.stdout.write(typescript.formatDiagnostics(problems, names));
}

async function lint(program) {
  const parserOptions = { project: null, programs: [program] };
  const overrideConfig = [{ files: ['**/*.ts'], languageOptions: { parserOptions } }];
  const eslint = new ESLint({ overrideConfig });
  const results = await eslint.lintFiles(['.']);
  const formatter = await eslint.loadFormatter('stylish');
  process.stdout.write(await formatter.format(results));
  return results.some(({ errorCount, warningCount }) => errorCount + warningCount > 0);
}

const { program, problems } = checkedProgram();
showTypes(problems);
const hasFindings = await lint(program);
process.exitCode = problems.length > 0 || hasFindings ? 1 : 0;
