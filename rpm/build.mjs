// Builds dist/monitor_service-VERSION-1.ARCH.rpm: the binary by build.mjs, and the package by rpmbuild.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { releasesOf, rpmChangelog } from './changelog.mjs';

const HELP = `Usage: node rpm/build.mjs [OPTIONS]

Builds dist/monitor_service-VERSION-1.ARCH.rpm, and the binary in it.
Needs rpmbuild, and no root. Downloads nothing.

Options:
  --arch ARCH  the machine it is for: x86_64 (default) or aarch64
  --no-binary  package the binary that dist/ has
  --help       show this text
`;

const OPTIONS = {
  arch: { type: 'string', default: 'x86_64' },
  binary: { type: 'boolean', default: true },
  help: { type: 'boolean', default: false },
};

const SPEC = 'rpm/monitor_service.spec';
/** Counts the packages of one version. */
const RELEASE = '1';
const BINARIES = {
  x86_64: 'dist/monitor_service',
  aarch64: 'dist/monitor_service.aarch64',
};
const root = join(dirname(fileURLToPath(import.meta.url)), '..');

try {
  main(parseArgs({ options: OPTIONS, allowNegative: true }).values);
} catch (error) {
  console.error(`rpm: ${error.message}`);
  process.exitCode = 1;
}

function main({ help, arch, binary }) {
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  if (!(arch in BINARIES)) {
    throw new Error(`--arch: got "${arch}", expected ${Object.keys(BINARIES).join(' or ')}`);
  }
  const { version } = JSON.parse(read('package.json'));
  const releases = releasesOf(read('CHANGELOG.md'));
  if (releases[0]?.version !== version) {
    throw new Error(`CHANGELOG.md: expected "## [${version}] - YYYY-MM-DD" as the newest release`);
  }
  const macros = systemdMacros(); // fails at once where there is no rpmbuild
  if (binary) {
    run(process.execPath, ['build.mjs', '--arch', arch], { stdout: 'inherit' });
  }
  const made = buildPackage({ arch, version, releases, macros });
  console.log(`built ${made} (${(statSync(join(root, made)).size / 1e6).toFixed(1)} MB)`);
}

/** In a folder of its own, so that nothing of ~/rpmbuild takes part. */
function buildPackage({ arch, version, releases, macros }) {
  const topdir = join(root, `dist/rpmbuild-${arch}`);
  const changelog = join(topdir, 'changelog');
  const definitions = {
    _topdir: topdir,
    _sourcedir: root,
    monitor_version: version,
    monitor_release: RELEASE,
    monitor_binary: join(root, BINARIES[arch]),
    monitor_changelog: changelog,
    ...macros,
  };
  const defines = Object.entries(definitions).map(([name, value]) => `--define=${name} ${value}`);
  rmSync(topdir, { recursive: true, force: true }); // of a build that was interrupted
  mkdirSync(join(topdir, 'BUILD'), { recursive: true });
  try {
    writeFileSync(changelog, rpmChangelog(releases, RELEASE));
    run('rpmbuild', ['-bb', `--target=${arch}-redhat-linux`, ...defines, SPEC], {
      // The time of all that is in it: that of the release, whenever it is built.
      env: { SOURCE_DATE_EPOCH: String(releases[0].date.getTime() / 1000) },
    });
    const name = `monitor_service-${version}-${RELEASE}.${arch}.rpm`;
    renameSync(join(topdir, 'RPMS', arch, name), join(root, 'dist', name));
    return `dist/${name}`;
  } finally {
    rmSync(topdir, { recursive: true, force: true });
  }
}

/** Ours, where rpmbuild has none. */
function systemdMacros() {
  const isThere = run('rpmbuild', ['--eval', '%{?systemd_post:yes}']).trim() === 'yes';
  return isThere ? {} : { monitor_macros: join(root, 'rpm/macros.systemd') };
}

/** Returns what the command printed; when it fails, that is shown. */
function run(command, args, { env = {}, stdout = 'pipe' } = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', stdout, stdout],
    encoding: 'utf8',
    maxBuffer: 64_000_000,
  });
  if (result.error?.code === 'ENOENT') {
    throw new Error(`${command} is not installed: dnf install rpm-build, or apt-get install rpm`);
  }
  if (result.error || result.status !== 0) {
    process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
    throw result.error ?? new Error(`${command} failed`);
  }
  return result.stdout;
}

function read(file) {
  return readFileSync(join(root, file), 'utf8');
}
