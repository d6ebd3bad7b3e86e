/** rpm/build.mjs, in a copy of the repository with a binary that is quickly packed. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runTool } from '../support/child.ts';
import { repository } from '../support/repository.ts';
import { askRpm, buildRpm, cloneTo, listRpm } from '../support/rpm.ts';
import { type Workspace, workspace } from '../support/workspace.ts';

const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
let space: Workspace;
let copy: string;
before(async () => {
  space = await workspace();
  copy = cloneTo(space.path('copy with spaces'));
  space.script('copy with spaces/dist/monitor_service', 'exit 0\n');
  space.write('copy with spaces/dist/packages.json', '["node_modules/ini"]\n');
});
after(() => space.remove());

const build = (...args: string[]) =>
  runTool(process.execPath, ['rpm/build.mjs', ...args], { cwd: copy });

/** What `action` makes of CHANGELOG.md, which is as before afterwards. */
async function withChangelog(text: string, action: () => Promise<void>): Promise<void> {
  const file = join(copy, 'CHANGELOG.md');
  const before = readFileSync(file, 'utf8');
  writeFileSync(file, text);
  try {
    await action();
  } finally {
    writeFileSync(file, before);
  }
}

test('--help explains every option', async () => {
  const help = await build('--help');
  assert.match(help, /^Usage: node rpm\/build\.mjs \[OPTIONS\]\n/);
  for (const option of ['--arch ARCH', '--no-binary', '--help']) {
    assert.match(help, new RegExp(`^ {2}${option} {2,}\\S`, 'm'));
  }
});

test('a mistyped option or machine is told in one line', async () => {
  await assert.rejects(build('--arhc'), /\nrpm: Unknown option '--arhc'/);
  await assert.rejects(
    build('--arch', 's390x'),
    /\nrpm: --arch: got "s390x", expected x86_64 or aarch64\n/,
  );
  await assert.rejects(build('--arch', 'toString'), /\nrpm: --arch: got "toString"/);
});

test('where rpmbuild is missing it says what to install, before it builds anything', async () => {
  const node = process.execPath;
  const env = { PATH: space.path('empty') };
  await assert.rejects(
    runTool(node, ['rpm/build.mjs'], { cwd: copy, env }),
    /\nrpm: rpmbuild is not installed: dnf install rpm-build, or apt-get install rpm\n/,
  );
  assert.equal(existsSync(join(copy, 'dist/monitor_service.cjs')), false);
});

test('without a binary there is nothing to package', async () => {
  await assert.rejects(
    build('--no-binary', '--arch', 'aarch64'),
    /\nrpm: dist\/monitor_service\.aarch64 is missing: leave out --no-binary\n/,
  );
});

test('a version without a date in CHANGELOG.md is not packaged', async () => {
  for (const heading of [`## [${version}] - Unreleased`, '## [0.9.0] - 2026-01-01', '# Nothing']) {
    await withChangelog(`${heading}\n\n- One.\n`, () =>
      assert.rejects(
        build('--no-binary'),
        new RegExp(
          `\nrpm: CHANGELOG\\.md: expected "## \\[${version}\\] - YYYY-MM-DD" as the newest release\n`,
        ),
      ),
    );
  }
});

test('a path with spaces is a path like any other, and what rpmbuild made on the way is gone', async () => {
  const rpm = await buildRpm(copy, ['--no-binary']);
  assert.ok(existsSync(rpm));
  const left = readdirSync(join(copy, 'dist')).filter((name) =>
    name.startsWith('monitor_service-rpm-'),
  );
  assert.deepEqual(left, []);
});

test('a changelog has each release with its date, and no text in it is a macro', async () => {
  const text = [
    '# Changelog',
    '## [Unreleased]',
    '- Not yet.',
    `## [${version}] - 2026-12-01`,
    '### Added',
    '- `%s` and %{name}, 100 %,',
    '  in two lines.',
    '### Security',
    '- Another.',
    '## [0.9.0] - 2026-01-05',
    '- The first.',
    '',
  ];
  await withChangelog(text.join('\n'), async () => {
    const rpm = await buildRpm(copy, ['--no-binary']);
    const told = await runTool('rpm', ['-qp', '--nosignature', '--changelog', rpm]);
    const author = 'the Process Monitor Service authors';
    assert.equal(
      told.trim(),
      [
        `* Tue Dec 01 2026 ${author} - ${version}-1`,
        '- `%s` and %{name}, 100 %,',
        '  in two lines.',
        '- Another.',
        '',
        `* Mon Jan 05 2026 ${author} - 0.9.0-1`,
        '- The first.',
      ].join('\n'),
    );
  });
});

test('where rpmbuild has RedHat’s macros, those are used', async () => {
  const macros = [
    '%_unitdir /usr/lib/systemd/system',
    '%systemd_post() echo posted %*',
    '%systemd_preun() echo unposted %*',
    '%systemd_postun_with_restart() echo restarted %*',
  ];
  space.write('home/.rpmmacros', `${macros.join('\n')}\n`);
  const rpm = await buildRpm(copy, ['--no-binary'], { HOME: space.path('home') });
  const scriptlets = await askRpm(rpm, '%{POSTIN}|%{PREUN}|%{POSTUN}');
  assert.deepEqual(
    scriptlets.split('|').map((text) => text.trim()),
    ['posted', 'unposted', 'restarted'].map((verb) => `echo ${verb} monitor_service.service`),
  );
});

test('a failure of rpmbuild is shown, and leaves nothing behind', async () => {
  const config = join(copy, 'config.ini');
  const text = readFileSync(config);
  rmSync(config);
  await assert.rejects(build('--no-binary'), (error: Error) => {
    assert.match(error.message, /config\.ini.*No such file/);
    assert.match(error.message, /\nrpm: rpmbuild failed\n/);
    return true;
  });
  writeFileSync(config, text);
  const left = readdirSync(join(copy, 'dist')).filter((name) =>
    name.startsWith('monitor_service-rpm-'),
  );
  assert.deepEqual(left, []);
  assert.ok((await listRpm(await buildRpm(copy, ['--no-binary']), '%{NAME}\n')).length > 0);
});
