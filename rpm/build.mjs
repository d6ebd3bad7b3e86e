// Builds dist/monitor_service-VERSION-1.ARCH.rpm: the binary by build.mjs, and the package by rpmbuild.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { licenseTexts, packagesOf, provides } from './bundled.mjs';
import { releasesOf, rpmChangelog } from './changelog.mjs';
import { TARGETS, versionOf } from './pack.mjs';

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
const root = dirname(dirname(fileURLToPath(import.meta.url)));

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
  if (!Object.hasOwn(TARGETS, arch)) {
    throw new Error(`--arch: got "${arch}", expected ${Object.keys(TARGETS).join(' or ')}`);
  }
  const { version } = JSON.parse(read('package.json'));
  const releases = releasesOf(read('CHANGELOG.md'));
  if (releases[0]?.version !== version) {
    throw new Error(`CHANGELOG.md: expected "## [${version}] - YYYY-MM-DD" as the newest release`);
  }
  const macros = systemdMacros(); // fails at once where there is no rpmbuild
  if (binary) {
    run(process.execPath, ['build.mjs', '--arch', arch], { stdout: 'inherit' });
  } else if (!existsSync(TARGETS[arch].binary)) {
    throw new Error(
      `${TARGETS[arch].binary.slice(root.length + 1)} is missing: leave out --no-binary`,
    );
  }
  const made = buildPackage({ arch, version, releases, macros });
  console.log(`built ${made} (${(statSync(join(root, made)).size / 1e6).toFixed(1)} MB)`);
}

/** In a folder of its own and where rpm has its own: nothing of ~/rpmbuild, and no space in the path, takes part. */
function buildPackage({ arch, version, releases, macros }) {
  const target = TARGETS[arch];
  const topdir = mkdtempSync('/var/tmp/monitor_service-rpm-');
  const write = (name, text) => {
    writeFileSync(join(topdir, name), text);
    return join(topdir, name);
  };
  try {
    mkdirSync(join(topdir, 'BUILD'));
    const packages = packagesOf(root);
    const definitions = {
      _topdir: topdir,
      _tmppath: topdir,
      _sourcedir: root,
      monitor_version: version,
      monitor_release: RELEASE,
      monitor_binary: target.binary,
      monitor_node: target.base,
      monitor_provides: write(
        'provides',
        provides([...packages, { component: 'nodejs', version: versionOf(target) }]),
      ),
      monitor_licenses: write('licenses', licenseTexts(packages)),
      monitor_changelog: write('changelog', rpmChangelog(releases, RELEASE)),
      ...macros,
    };
    const defines = Object.entries(definitions).map(([name, value]) => `--define=${name} ${value}`);
    run('rpmbuild', ['-bb', `--target=${arch}-linux`, ...defines, SPEC], {
      // The time of all that is in it: that of the release, whenever it is built.
      env: { SOURCE_DATE_EPOCH: String(releases[0].date.getTime() / 1000) },
    });
    const name = `monitor_service-${version}-${RELEASE}.${arch}.rpm`;
    const unfinished = join(root, 'dist', basename(topdir));
    copyFileSync(join(topdir, 'RPMS', arch, name), unfinished);
    renameSync(unfinished, join(root, 'dist', name)); // whole or not at all
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
