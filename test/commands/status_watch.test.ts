/** status --watch: a terminal that follows what happens. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frame } from '../../src/commands/repainted.ts';
import { command, SELDOM, startListening } from '../service/control_client.ts';
import { HEALS_AT_ONCE, openStage } from '../service/stage.ts';
import { Terminal } from '../support/terminal.ts';

const ENTERED = '\x1b[?1049h';
const LEFT = '\x1b[?7h\x1b[?25h\x1b[?1049l';

test('it shows what changes, a service that ends and one that starts again, until Ctrl-C', async (t) => {
  const stage = await openStage(t);
  stage.configure({ monitor: SELDOM, processes: { web: HEALS_AT_ONCE } });
  stage.calm('web');
  const first = await startListening(stage);
  const terminal = new Terminal(['status', '--watch', '-c', stage.space.path('config.ini')]);
  await terminal.shows(ENTERED);
  await terminal.shows(`PID ${first.pid}, running`);
  await terminal.shows('1 process, 1 ok');
  await first.stop();
  await terminal.shows('The service is not running; start it');
  const second = await startListening(stage);
  await terminal.shows(`PID ${second.pid}, running`);
  stage.raise('web');
  await terminal.shows('1 process, 0 ok, 1 in alarm');
  terminal.type('\x03');
  assert.deepEqual(await terminal.exit(), { code: 0, signal: null });
  assert.ok(terminal.shown.endsWith(LEFT), JSON.stringify(terminal.shown.slice(-80)));
});

test('Ctrl-C ends it at once while a service does not answer, and restores the terminal', async (t) => {
  const stage = await openStage(t);
  stage.configure({ monitor: SELDOM });
  const service = await startListening(stage);
  service.signal('SIGSTOP');
  t.after(() => service.signal('SIGCONT'));
  const terminal = new Terminal(['status', '--watch', '-c', stage.space.path('config.ini')]);
  await terminal.shows(ENTERED);
  const began = performance.now();
  terminal.type('\x03');
  await terminal.shows(LEFT);
  assert.deepEqual(await terminal.exit(), { code: 0, signal: null });
  assert.ok(performance.now() - began < 3000, `${performance.now() - began} ms`);
});

test('stopped by Ctrl-Z it gives the terminal back meanwhile', async (t) => {
  const stage = await openStage(t);
  stage.configure({ monitor: SELDOM });
  await startListening(stage);
  const script = `exec 3<&0; set -m; "$0" status --watch -c ${stage.space.path('config.ini')} <&3; echo shell; fg >/dev/null; echo ended $?`;
  const terminal = new Terminal(['-c', script, `${process.cwd()}/dist/monitor_service`], {
    program: '/bin/bash',
  });
  await terminal.shows('running since');
  terminal.type('\x1a');
  await terminal.shows(LEFT);
  await terminal.shows('shell\n');
  await terminal.shows(ENTERED);
  await terminal.shows('running since');
  terminal.type('\x03');
  await terminal.shows(LEFT);
  await terminal.shows('ended 0');
  await terminal.exit();
});

test('without a terminal, or with --json, it is a wrong call', async (t) => {
  const stage = await openStage(t);
  stage.configure();
  const piped = await command(stage, 'status', '--watch');
  assert.equal(piped.code, 2);
  assert.match(piped.stderr, /^monitor_service: --watch needs a terminal\n/);
  const json = await command(stage, 'status', '--watch', '--json');
  assert.deepEqual([json.code, json.stdout], [2, '']);
});

test('of more lines than the terminal has the others are counted', () => {
  const painted = frame(['a', 'b', 'c', 'd'], 3);
  assert.equal(painted, '\x1b[Ha\x1b[K\nb\x1b[K\n… 2 more lines\x1b[K\x1b[J');
  assert.equal(frame(['a'], 3), '\x1b[Ha\x1b[K\x1b[J');
});
