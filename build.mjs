// Builds dist/monitor_service, one executable that needs no Node on the host:
// type check, one bundle by esbuild, packed by pkg onto the Node that npm installed.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { host, nodeOf, packBinary, TARGETS, versionOf } from './rpm/pack.mjs';

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
const packages = join(root, 'dist/packages.json');

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
  const target = Object.hasOwn(TARGETS, arch) ? TARGETS[arch] : undefined;
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
  // Loaded here and not above: `--help` works without node_modules.
  const { makeBundle } = await import('./rpm/bundle.mjs');
  const { version } = readJson(join(root, 'package.json'));
  const folders = await makeBundle(root, bundle, version);
  writeFileSync(packages, `${JSON.stringify(folders, undefined, 2)}\n`);
  if (!options['bundle-only']) {
    await packBinary(bundle, target);
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

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
