const { createRequire } = require('node:module');
const { dirname, join, sep } = require('node:path');
const vm = require('node:vm');

/** Stands for "the realm of node itself" where jest asks for the context of a test file. */
const oneRealm = vm.createContext({});

const { dependencies, devDependencies } = require('../../package.json');
const root = dirname(require.resolve('../../package.json'));
const foldersOf = (...names) => names.map((name) => join(root, name, sep));

/** The packages of the product and its tests: node loads them, once in a process. jest's own are loaded for each file. */
const packages = foldersOf(
  ...Object.keys({ ...dependencies, ...devDependencies })
    .filter((name) => !/^(@jest\/|jest)/.test(name))
    .map((name) => join('node_modules', name)),
);

/**
 * What is evaluated once in a process, not once for each test file: the product and what is held against it. Their
 * modules keep nothing that a test file could leave behind for the next one, and their code stays warm.
 */
const shared = [...foldersOf('src', 'simulator', 'standins'), join(root, 'test/support/onceInProcess', sep)];

/** The compiled wrapper of each module file, by its path: what it makes is new each time that it is called. */
const compiled = new Map();

const compileFunction = vm.compileFunction;

/** Compiles a module once in a process, not once for each test file. */
function compileOnce(source, parameters, options) {
  if (options?.parsingContext !== oneRealm) return compileFunction(source, parameters, options);
  const { filename } = options;
  const known = compiled.get(filename);
  if (known?.source === source) return known.wrapper;
  const wrapper = wrapperOf(source, parameters, options);
  compiled.set(filename, { source, wrapper });
  return wrapper;
}
vm.compileFunction = compileOnce;

function wrapperOf(source, parameters, options) {
  const { filename } = options;
  const isBelow = (folder) => filename.startsWith(folder);
  if (packages.some(isBelow)) return (module) => (module.exports = createRequire(filename)(filename));
  const evaluate = compileFunction(source, parameters, { ...options, parsingContext: undefined });
  return shared.some(isBelow) ? evaluatedOnce(filename, evaluate) : evaluate;
}

/** What it imports while it is evaluated comes from jest, for the first test file; what it imports later from node. */
function evaluatedOnce(filename, evaluate) {
  const ofNode = createRequire(filename);
  let evaluated;
  return function wrapper(module, exports, ofJest, ...others) {
    if (evaluated === undefined) {
      let load = ofJest;
      const require = Object.assign((name) => load(name), { resolve: ofNode.resolve });
      evaluate.call(exports, module, exports, require, ...others);
      load = ofNode;
      evaluated = { exports: module.exports };
    }
    module.exports = evaluated.exports;
  };
}

module.exports = { oneRealm };
