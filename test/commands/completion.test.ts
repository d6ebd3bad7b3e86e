/** Completion for bash: a real bash in a terminal, in which somebody types and presses Tab. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { COMMON_OPTIONS, type Option } from '../../src/commands/command.ts';
import { COMMANDS } from '../../src/commands/commands.ts';
import { binary } from '../support/binary.ts';
import { repository } from '../support/repository.ts';
import { startService } from '../support/service.ts';
import { ALL, Shell, TAB } from '../support/shell.ts';
import { type Workspace, workspace } from '../support/workspace.ts';
import { CommandStage, sqliteTables, type Tables } from './stage.ts';

const HOSTILE = ['$(touch owned)', '`touch owned`', 'a b', "it's", '*', '\x1b[31mred', '-n', ';ls'];
const NAMES = [
  'nginx',
  'php@8.2',
  'php@8.3',
  'a:b',
  'a:c',
  'webshop',
  '7zip',
  'x@y:z@w',
  'x@y:z@v',
];

function flagsOf(options: Readonly<Record<string, Option>>): string[] {
  return Object.entries(options).flatMap(([name, { short }]) =>
    short ? [`-${short}`, `--${name}`] : [`--${name}`],
  );
}

describe('completion in bash', () => {
  let space: Workspace;
  let tables: Tables;
  let stage: CommandStage;
  let shell: Shell;

  before(async () => {
    space = await workspace();
    tables = await sqliteTables(space);
    stage = new CommandStage(space, tables, { monitor: { check_interval: 300 } });
    for (const [index, name] of [...NAMES, ...HOSTILE].entries()) {
      await tables.add({ id: index + 1, name });
    }
    await tables.add({ id: 77, name: null });
    space.write('with space.ini', '');
    space.script('slow/monitor_service', 'echo late >&2\nsleep 60\n');
    space.write('denied/monitor_service', '#!/bin/sh\necho no\n', 0o600);
    mkdirSync(space.path('bin'));
    symlinkSync(binary, space.path('bin/monitor_service'));
    shell = new Shell(space, join(repository, 'rpm/completion.bash'));
    await shell.ready();
  });
  after(async () => {
    await shell?.leave();
    await tables?.drop();
    await space?.remove();
  });

  test('knows every command, of two words too', async () => {
    const names = Object.keys(COMMANDS);
    const first = [...new Set(names.map((name) => name.split(' ')[0]))].sort();
    assert.deepEqual(await shell.offers('monitor_service '), first);
    for (const group of ['alarm', 'breaker']) {
      const second = names.flatMap((name) => name.split(`${group} `)[1] ?? []).sort();
      assert.deepEqual(await shell.offers(`monitor_service ${group} `), second);
    }
    assert.equal(
      await shell.line(`monitor_service al${TAB}s${TAB}--a${TAB}`),
      'monitor_service alarm set --all ',
    );
    assert.equal(
      await shell.line(`monitor_service -c config.ini lis${TAB}`),
      'monitor_service -c config.ini list ',
    );
  });

  test('knows the options of every command, and no others', async () => {
    for (const [name, { options }] of Object.entries(COMMANDS)) {
      const expected = [...flagsOf(options), ...flagsOf(COMMON_OPTIONS)].sort();
      assert.deepEqual(await shell.offers(`monitor_service ${name} -`), expected, name);
    }
    const run = [...flagsOf(COMMANDS.run?.options ?? {}), ...flagsOf(COMMON_OPTIONS)].sort();
    assert.deepEqual(await shell.offers('monitor_service -'), run, 'the default');
    assert.deepEqual(await shell.offers('monitor_service alarm -'), flagsOf(COMMON_OPTIONS).sort());
  });

  test('offers files where the configuration is named, and nothing for other values', async () => {
    for (const option of ['-c ', '--config ', '--config=']) {
      const line = `monitor_service list ${option}`;
      assert.equal(await shell.line(`${line}conf${TAB}`), `${line}config.ini `);
      assert.equal(await shell.line(`${line}wi${TAB}`), `${line}with\\ space.ini `);
    }
    for (const [name, { options }] of Object.entries(COMMANDS)) {
      const texts = Object.keys(options).filter((flag) => options[flag]?.type === 'string');
      for (const flag of texts.filter((flag) => flag !== 'explain')) {
        const line = `monitor_service -c config.ini ${name} --${flag} `;
        assert.equal(await shell.line(`${line}${ALL}`), line);
      }
    }
    assert.equal(
      await shell.line(`monitor_service history -n ${ALL}`),
      'monitor_service history -n ',
    );
  });

  test('offers the processes of the table, but no name that a shell could take for more', async () => {
    const commands = ['list', 'alarm set', 'alarm clear', 'alarm set nginx', 'history', 'check'];
    for (const command of [...commands, 'history nginx']) {
      for (const line of [
        `monitor_service ${command} -c config.ini `,
        `monitor_service -c config.ini ${command} `,
        `monitor_service ${command} --config=config.ini --json -- `,
      ]) {
        assert.deepEqual(await shell.offers(line), [...NAMES].sort(), line);
      }
    }
    assert.deepEqual(
      await shell.offers('monitor_service -c config.ini check-config --explain '),
      [...NAMES].sort(),
    );
    assert.equal(existsSync(space.path('owned')), false);
    const line = 'monitor_service list -c config.ini';
    assert.equal(await shell.line(`${line} w${TAB}`), `${line} webshop `);
    assert.equal(
      await shell.line(`monitor_service alarm set --note 'a b' -c config.ini w${TAB}`),
      "monitor_service alarm set --note 'a b' -c config.ini webshop ",
    );
    assert.deepEqual(await shell.offers(`${line} 7`), ['7', '77', '7zip']);
    assert.equal(await shell.line(`${line} '$(to${TAB}`), `${line} '$(to`);
  });

  test('does the same behind sudo and its options, and nothing to other commands there', async () => {
    for (const sudo of [
      'sudo',
      'sudo -n',
      'sudo -u root -E',
      'sudo A=b C=d',
      '  sudo --non-interactive',
    ]) {
      const line = `${sudo} monitor_service`;
      assert.equal(
        await shell.line(`${line} al${TAB}s${TAB}--a${TAB}`),
        `${line} alarm set --all `,
      );
      assert.deepEqual(
        await shell.offers(`${line} restart -`),
        await shell.offers('monitor_service restart -'),
      );
      assert.equal(
        await shell.line(`${line} check -c conf${TAB}w${TAB}`),
        `${line} check -c config.ini webshop `,
      );
      const named = `${line} list -c config.ini`;
      assert.equal(await shell.line(`${named} x@y${TAB}w${TAB}`), `${named} x@y:z@w `);
      assert.equal(await shell.line(`${line} demo ${ALL}`), `${line} demo `);
    }
    const path = 'sudo ./bin/monitor_service list -c config.ini n';
    assert.equal(await shell.line(`${path}${TAB}`), `${path}ginx `);
    assert.equal(await shell.line(`sudo cat conf${TAB}`), 'sudo cat config.ini ');
    assert.equal(await shell.line(`sudo conf${TAB}`), 'sudo config.ini ');
    const other = 'sudo systemctl restart monitor_service ';
    assert.equal(await shell.line(`${other}conf${TAB}`), `${other}config.ini `);
  });

  test('completes names with signs at which readline parts words', async () => {
    const line = 'monitor_service list -c config.ini';
    assert.equal(await shell.line(`${line} php${TAB}3${TAB}`), `${line} php@8.3 `);
    assert.equal(await shell.line(`${line} php@8.2${TAB}`), `${line} php@8.2 `);
    assert.equal(await shell.line(`${line} php@${TAB}3${TAB}`), `${line} php@8.3 `);
    assert.equal(await shell.line(`${line} x@y${TAB}w${TAB}`), `${line} x@y:z@w `);
    assert.equal(await shell.line(`${line} a${TAB}b${TAB}`), `${line} a:b `);
    assert.equal(await shell.line(`${line} a:${TAB}c${TAB}`), `${line} a:c `);
  });

  test('offers one name where a command takes one', async () => {
    for (const line of ['status nginx', 'check-now', 'run', 'test-alarm', 'demo']) {
      const whole = `monitor_service ${line} -c config.ini `;
      assert.equal(await shell.line(`${whole}${ALL}`), whole);
    }
  });

  test('offers for status and breaker reset all that status shows, while the service runs', async (t) => {
    const lines = ['status', 'breaker reset', 'restart', 'restart nginx'].map(
      (command) => `monitor_service ${command} -c config.ini `,
    );
    for (const line of lines) {
      assert.equal(await shell.line(`${line}${ALL}`), line, 'while it does not run');
    }
    stage.configure({
      monitor: { check_interval: 300 },
      processes: {
        webshop: { restart_strategy: 'custom', restart_command: 'echo \'"name": "fake",\'; false' },
      },
    });
    assert.equal((await stage.run('alarm', 'set', 'webshop')).code, 0);
    const service = await startService(space, stage.file);
    t.after(() => service.stop());
    await service.waitForLog('All restart attempts failed for webshop');
    for (const line of lines) {
      const offers = await shell.offers(line);
      assert.ok(offers.includes('webshop') && offers.includes('nginx'), offers.join(' '));
    }
  });

  test('is silent where the program may not be run, answers too late, or is not there', async () => {
    for (const directory of ['slow', 'denied', 'absent']) {
      const line = `./${directory}/monitor_service list `;
      assert.equal(await shell.line(`${line}n${TAB}`), `${line}n`);
    }
  });

  test('reads what stands before the cursor', async () => {
    const left = '\x1b[D';
    assert.equal(
      await shell.line(`monitor_service li -c config.ini${left.repeat(14)}${TAB}`),
      'monitor_service list -c config.ini',
    );
  });
});
