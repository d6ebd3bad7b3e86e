/** "A process is NAME": programs and scripts, renamed or not. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, symlinkSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { executedFile } from '../../src/system/executed_file.ts';
import { statOf } from '../../src/system/proc.ts';
import { namesOf } from '../../src/system/process_names.ts';
import { isCalled } from '../../src/system/process_table.ts';
import { exitOf } from '../support/child.ts';
import { own } from '../support/reaper.ts';
import { waitFor } from '../support/wait.ts';
import { entryOf, PERL, Programs } from './fixtures/programs.ts';

const LONG = 'program-of-25-characters-x';

describe('the names of a process', () => {
  for (const [what, command, executable, executed, line, expected] of [
    ['a program', 'web', '/usr/bin/web', '/usr/bin/web', 'web 1', ['web']],
    [
      'a program whose name the kernel cuts',
      'program-of-25-c',
      `/b/${LONG}`,
      `/b/${LONG}`,
      'x',
      [LONG],
    ],
    [
      'a program called by a link',
      'python3',
      '/b/python3.11',
      '/b/python3',
      'python3 x.py',
      ['python3'],
    ],
    ['a program of many names', 'httpd', '/b/busybox', '/sbin/httpd', 'httpd -f', ['httpd']],
    [
      'a program that renamed its thread',
      'MainThread',
      '/b/node',
      '/b/node',
      'node /srv/x.js',
      ['node', 'MainThread'],
    ],
    [
      'one called by a link',
      'MainThread',
      '/b/node-24',
      '/b/node',
      'node x.js',
      ['node', 'node-24', 'MainThread'],
    ],
    ['one with a title too', 'master', '/b/web', '/b/web', 'web: master', ['web', 'master']],
    ['a script', 'shop', '/b/perl', '/srv/shop', '/b/perl /srv/shop', ['shop']],
    ['a script behind an option', 'shop', '/b/perl', '/srv/shop', '/b/perl -w /srv/shop', ['shop']],
    [
      'a script whose name the kernel cuts',
      'program-of-25-c',
      '/b/sh',
      `/srv/${LONG}`,
      `/b/sh /srv/${LONG}`,
      [LONG],
    ],
    [
      'a script that renamed its thread',
      'MainThread',
      '/b/node',
      '/srv/shop',
      '/b/node /srv/shop',
      ['shop', 'MainThread'],
    ],
    [
      'a script with a title',
      'shop: master',
      '/b/perl',
      '/srv/shop',
      'shop:_master',
      ['shop', 'shop: master'],
    ],
    [
      'a script that env has run',
      'python3',
      '/b/python3.11',
      '/b/python3',
      'python3 /srv/shop',
      ['python3'],
    ],
    ['a script by its descriptor', '4', '/b/perl', '/dev/fd/4', 'perl /dev/fd/4', ['4']],
    ['a program by its descriptor', 'web', '/b/web', '/dev/fd/4', 'web', ['web']],
    [
      'a program that is not ours to read',
      'MainThread',
      '/b/node',
      undefined,
      'node x',
      ['node', 'MainThread'],
    ],
    [
      'a script that is not ours to read',
      'shop',
      '/b/perl',
      undefined,
      '/b/perl /srv/shop',
      ['shop'],
    ],
    [
      'a titled script that is not ours to read',
      'master',
      '/b/perl',
      undefined,
      'shop:_master',
      ['master'],
    ],
    ['a process of which nothing can be read', 'web', undefined, undefined, '', ['web']],
  ] as const) {
    test(`of ${what}: ${expected.join(', ')}`, () => {
      const source = {
        command,
        executable,
        executed: () => executed,
        words: () => line.split(' '),
      };
      assert.deepEqual(namesOf(source), expected);
    });
  }
});

describe('a running process', () => {
  let programs: Programs;
  const children: ChildProcess[] = [];
  before(async () => {
    programs = await Programs.open();
  });
  after(async () => {
    for (const child of children) {
      child.kill('SIGKILL');
      await exitOf(child, 5000);
    }
    await programs.end();
  });

  /** Starts it and waits until the kernel calls it so. */
  async function start(file: string, args: string[], command: string): Promise<number> {
    const child = spawn(file, args, { stdio: 'ignore' });
    children.push(child);
    child.once(
      'exit',
      own(() => child.kill('SIGKILL')),
    );
    await once(child, 'spawn');
    const pid = child.pid as number;
    await waitFor(`${file} to be called ${command}`, () => statOf(pid)?.command === command);
    return pid;
  }

  function assertNames(pid: number, names: readonly string[], others: readonly string[]): void {
    const entry = entryOf(pid);
    assert.deepEqual(
      names.filter((name) => !isCalled(entry, name)),
      [],
      'is called',
    );
    assert.deepEqual(
      others.filter((name) => isCalled(entry, name)),
      [],
      'is not called',
    );
  }

  // prctl(PR_SET_NAME, …), by its number on x86-64
  const renaming = (name: string) =>
    `my $name = "${name}"; syscall(157, 15, $name); sleep 600 while 1;`;
  const titled = (name: string) => `$0 = "${name}"; sleep 600 while 1;`;

  test('that is Node is found as node, and not as the script that it is handed', async () => {
    const node = programs.space.path('node');
    symlinkSync(process.execPath, node);
    const script = programs.space.write('shop.js', 'process.title; setInterval(() => {}, 1e6);');
    const child = await start(node, [script], 'MainThread');
    assertNames(child, ['node', 'MainThread'], ['shop.js', 'shop']);
  });

  test('is found as its program, by a copy too, when it renamed its thread', async () => {
    const name = programs.newName();
    const file = programs.copy(PERL, { name });
    assertNames(
      await start(file, ['-e', renaming('worker')], 'worker'),
      [name, 'worker'],
      ['perl'],
    );
    const title = `${name.slice(0, 5)}: one`;
    assertNames(await start(file, ['-e', titled(title)], title), [name, title], ['perl']);
  });

  test('is found under its old name when an upgrade removed its file', async () => {
    const name = programs.newName('upgraded-program-');
    const file = programs.copy(PERL, { name });
    const pid = await start(file, ['-e', renaming('worker')], 'worker');
    rmSync(file);
    assertNames(pid, [name, 'worker'], [name.slice(0, 15), 'perl']);
  });

  for (const [what, text, command] of [
    ['', 'sleep 600 while 1;', undefined],
    [' that renamed its thread', renaming('worker'), 'worker'],
    [' that gave itself a title', titled('master'), 'master'],
  ] as const) {
    test(`that is a script${what} is found as the script and not as perl`, async () => {
      const name = programs.newName('script-of-many-characters-');
      const file = programs.space.write(name, `#!${PERL} -w\n${text}\n`, 0o755);
      const pid = await start(file, [], command ?? name.slice(0, 15));
      assertNames(pid, [name, ...(command ? [command] : [])], ['perl', name.slice(0, 15)]);
    });
  }

  test('that env runs is its interpreter, as the kernel has it', async () => {
    const name = programs.newName('script-');
    const file = programs.space.write(
      name,
      '#!/usr/bin/env -S perl -w\nsleep 600 while 1;\n',
      0o755,
    );
    assertNames(await start(file, [], 'perl'), ['perl'], [name, 'env']);
  });

  test('tells which file was executed, while it runs', async () => {
    const name = programs.newName();
    const file = programs.copy('/bin/sleep', { name });
    assert.equal(executedFile(await start(file, ['600'], name.slice(0, 15))), file);
    assert.equal(executedFile(2 ** 22), undefined);
  });
});
