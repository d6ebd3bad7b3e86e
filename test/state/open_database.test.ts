import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Breaker } from '../../src/breaker/breaker.ts';
import { type Stage, stateStage } from './stage.ts';

const OPEN: Breaker = { state: 'open', failures: 3, openedAtMs: 70 };

let stage: Stage;
beforeEach(async () => {
  stage = await stateStage();
});
afterEach(() => stage.end());

const file = () => stage.space.path('state', 'state.db');
const mode = (path: string) => (fs.statSync(path).mode & 0o777).toString(8);
const memoryOnly = (reason: RegExp) =>
  new RegExp(
    `^State file ${file()} cannot be used: .*${reason.source}.*; breakers and history are kept in memory only$`,
  );

/** It works, if only for as long as the service runs. */
function assertWorks(state: ReturnType<Stage['start']>): void {
  state.saveBreaker('nginx', OPEN);
  assert.deepEqual(state.loadBreakers(), [['nginx', OPEN]]);
}

describe('the state directory', () => {
  test('is made where it is missing, and is its owner’s alone, with all in it', () => {
    const umask = process.umask(0);
    try {
      assertWorks(stage.start());
    } finally {
      process.umask(umask);
    }
    assert.equal(mode(stage.directory), '700');
    for (const name of fs.readdirSync(stage.directory)) {
      assert.equal(mode(stage.space.path('state', name)), '600', name);
    }
    assert.deepEqual(stage.troubles, []);
  });

  test('that is a file leaves the state in memory', () => {
    fs.writeFileSync(stage.directory, '');
    assertWorks(stage.start());
    assert.match(stage.troubles[0] ?? '', memoryOnly(/EEXIST|ENOTDIR/));
  });

  test('that is a link to nowhere, where others could make one, leaves the state in memory', () => {
    fs.symlinkSync('/proc/nowhere', stage.directory);
    assertWorks(stage.start());
    assert.match(stage.troubles[0] ?? '', memoryOnly(/or it is a link that leads nowhere/));
  });
});

describe('a state directory that others can change', () => {
  const beyond = /others than root and this user can change \/\S+/;

  for (const [what, change] of [
    ['itself', () => fs.chmodSync(stage.directory, 0o777)],
    ['itself, though with the sticky bit', () => fs.chmodSync(stage.directory, 0o1777)],
    [
      'by an access control list, which looks like root’s group',
      () => fs.chmodSync(stage.directory, 0o775),
    ],
    ['by what is above it', () => fs.chmodSync(stage.space.path(), 0o777)],
  ] as const) {
    test(`${what}, leaves the state in memory, as it says which processes are to be ended`, () => {
      fs.mkdirSync(stage.directory, { mode: 0o700 });
      change();
      assertWorks(stage.start());
      assert.match(stage.troubles[0] ?? '', memoryOnly(beyond));
      assert.deepEqual(fs.readdirSync(stage.directory), []);
    });
  }

  test('and has a file of somebody’s linked in the place of one of SQLite’s, leaves that file as it is', () => {
    fs.mkdirSync(stage.directory, { mode: 0o700 });
    const victim = stage.space.write('victim', 'precious'.repeat(1000));
    for (const end of ['', '-wal', '-shm', '-journal']) {
      fs.linkSync(victim, `${file()}${end}`);
    }
    fs.chmodSync(stage.directory, 0o777);
    assertWorks(stage.start());
    assert.equal(fs.readFileSync(victim, 'utf8'), 'precious'.repeat(1000));
  });

  test('as it is to be made in one, is not made', () => {
    fs.chmodSync(stage.space.path(), 0o1777);
    assertWorks(stage.start());
    assert.match(stage.troubles[0] ?? '', memoryOnly(beyond));
    assert.equal(fs.existsSync(stage.directory), false);
  });
});

describe('a symbolic link in the place of a file of SQLite’s', () => {
  for (const end of ['-wal', '-shm', '-journal']) {
    test(`state.db${end} is not written through`, () => {
      fs.mkdirSync(stage.directory, { mode: 0o700 });
      const victim = stage.space.write('victim', 'precious'.repeat(1000));
      fs.symlinkSync(victim, `${file()}${end}`);
      assertWorks(stage.start());
      stage.stop();
      assert.equal(fs.readFileSync(victim, 'utf8'), 'precious'.repeat(1000));
    });
  }
});

describe('something else in the place of state.db', () => {
  beforeEach(() => fs.mkdirSync(stage.directory, { mode: 0o700 }));

  test('a symbolic link is not followed, and what it points to is left alone', () => {
    const victim = stage.space.write('victim', 'precious');
    fs.symlinkSync(victim, file());
    assertWorks(stage.start());
    assert.match(stage.troubles[0] ?? '', memoryOnly(/ELOOP/));
    assert.equal(fs.readFileSync(victim, 'utf8'), 'precious');
    assert.ok(fs.lstatSync(file()).isSymbolicLink());
  });

  test('a dangling symbolic link makes no file where it points', () => {
    const target = stage.space.path('made by nobody');
    fs.symlinkSync(target, file());
    assertWorks(stage.start());
    assert.equal(fs.existsSync(target), false);
  });

  test('a directory leaves the state in memory', () => {
    fs.mkdirSync(file());
    assertWorks(stage.start());
    assert.match(stage.troubles[0] ?? '', memoryOnly(/EISDIR/));
  });

  test('a FIFO hangs nothing and leaves the state in memory', () => {
    execFileSync('mkfifo', [file()]);
    assertWorks(stage.start());
    assert.match(stage.troubles[0] ?? '', memoryOnly(/./));
  });
});

describe('a broken state.db', () => {
  /** The one that was set aside. */
  function aside(): string {
    const names = fs.readdirSync(stage.directory).filter((name) => name.includes('.broken-'));
    assert.equal(names.length, 1, names.join(' '));
    return stage.space.path('state', names[0] ?? '');
  }

  function assertBegunAnew(): void {
    const state = stage.start();
    assert.deepEqual(stage.troubles, [
      `State file ${file()} is broken; it is kept as ${aside()}, and a new one is begun`,
    ]);
    assertWorks(state);
    assert.deepEqual(stage.start().loadBreakers(), [['nginx', OPEN]]);
    assert.deepEqual(stage.troubles, []);
  }

  test('that is no database is set aside, and a new one begun', () => {
    fs.mkdirSync(stage.directory);
    fs.writeFileSync(file(), 'this is no database '.repeat(1000));
    assertBegunAnew();
    assert.equal(fs.readFileSync(aside(), 'utf8').slice(0, 20), 'this is no database ');
  });

  test('with damage in its middle is set aside, and a new one begun', () => {
    const state = stage.start();
    for (let number = 0; number < 500; number++) {
      state.saveBreaker(`a process with a name that takes its room ${number}`, OPEN);
    }
    stage.stop();
    const content = fs.readFileSync(file());
    fs.writeFileSync(file(), content.fill(0xaa, 4096, content.length - 4096));
    assertBegunAnew();
  });

  test('again and again leaves no more than the newest five, and other files alone', () => {
    fs.mkdirSync(stage.directory, { mode: 0o700 });
    fs.writeFileSync(stage.space.path('state', 'notes.txt'), '');
    for (let time = 1; time <= 8; time++) {
      fs.writeFileSync(stage.space.path('state', `state.db.broken-2020-01-0${time}`), '');
    }
    fs.writeFileSync(file(), 'this is no database '.repeat(1000));
    assertWorks(stage.start());
    stage.stop();
    const kept = fs.readdirSync(stage.directory).filter((name) => !/^state\.db(?:-|$)/.test(name));
    const older = [5, 6, 7, 8].map((time) => `state.db.broken-2020-01-0${time}`);
    assert.deepEqual(kept.slice(0, 1), ['notes.txt']);
    assert.deepEqual(kept.slice(1, 5), older);
    assert.equal(kept.length, 6);
  });

  test('that was cut short is set aside, and a new one begun', () => {
    const state = stage.start();
    for (let number = 0; number < 500; number++) {
      state.saveBreaker(`a process with a name that takes its room ${number}`, OPEN);
    }
    stage.stop();
    fs.truncateSync(file(), 5000);
    assertBegunAnew();
  });

  test('that has other tables than ours is set aside, and a new one begun', () => {
    fs.mkdirSync(stage.directory);
    stage.look('CREATE TABLE breaker (name TEXT)');
    assertBegunAnew();
  });

  test('that is empty is begun without a word', () => {
    fs.mkdirSync(stage.directory);
    fs.writeFileSync(file(), '');
    assertWorks(stage.start());
    assert.deepEqual(stage.troubles, []);
  });
});
