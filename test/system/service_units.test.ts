import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { parseServiceUnits, serviceUnits } from '../../src/system/service_units.ts';
import { type Workspace, workspace } from '../support/workspace.ts';

const DEAD =
  'ignore_errors=no ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }';
const execStart = (path: string, argv = path) =>
  `ExecStart={ path=${path} ; argv[]=${argv} ; ${DEAD}`;
const shown = (unit: string, program: string, { type = 'simple', active = 'failed' } = {}) =>
  [`Type=${type}`, program, `Id=${unit}`, `ActiveState=${active}`].join('\n');

const LEDGER = { unit: 'ledger.service', programs: ['book'], isOneshot: false, wasStarted: true };

describe('the services that systemd tells of', () => {
  test('are told with their programs, each by its file’s own name', () => {
    const text = [
      shown('ledger.service', execStart('/usr/local/bin/book', '/usr/local/bin/book -p 1')),
      shown('relative.service', execStart('book')),
      shown('script.service', execStart('/usr/bin/python3', '/usr/bin/python3 /opt/book')),
      shown('space.service', execStart('/opt/two words/book')),
    ].join('\n\n');
    assert.deepEqual(
      parseServiceUnits(`${text}\n`).map(({ unit, programs }) => [unit, ...programs]),
      [
        ['ledger.service', 'book'],
        ['relative.service', 'book'],
        ['script.service', 'python3'],
        ['space.service', 'book'],
      ],
    );
  });

  test('are told with whether they were started', () => {
    for (const [active, wasStarted] of [
      ['active', true],
      ['activating', true],
      ['failed', true],
      ['inactive', false],
    ] as const) {
      const text = shown('ledger.service', execStart('/bin/book'), { active });
      assert.deepEqual(parseServiceUnits(text), [{ ...LEDGER, wasStarted }]);
    }
  });

  test('that wait to restart are told with all that their command may start', () => {
    const script = '/bin/sh -c \'cd /srv && "/opt/book" -p 1; exec page\'';
    for (const [sub, isTold] of [
      ['auto-restart', true],
      ['auto-restart-queued', true],
      ['running', false],
      ['failed', false],
    ] as const) {
      const text = shown('ledger.service', execStart('/bin/sh', script), { active: 'activating' });
      const [unit] = parseServiceUnits(`${text}\nSubState=${sub}`);
      assert.equal(unit?.programs[0], 'sh');
      for (const program of ['book', 'page']) {
        assert.equal(unit?.programs.includes(program), isTold, sub);
      }
      assert.equal(unit?.programs.includes('boo'), false);
    }
  });

  test('are told in whatever order the properties come', () => {
    const text = shown('ledger.service', execStart('/bin/book'));
    const reversed = text.split('\n').reverse().join('\n');
    assert.deepEqual(parseServiceUnits(`${reversed}\n\n${reversed}`), [LEDGER, LEDGER]);
  });

  test('have no program where they have no command, or are unknown to systemd', () => {
    for (const command of ['ExecStart=', '']) {
      const text = shown('gone.service', command, { type: '' });
      assert.deepEqual(parseServiceUnits(text)[0]?.programs, []);
    }
    assert.deepEqual(parseServiceUnits(''), []);
  });

  test('of the kind oneshot may start several programs', () => {
    const commands = `${execStart('/bin/one')}\n${execStart('/bin/two')}`;
    assert.deepEqual(parseServiceUnits(shown('job.service', commands, { type: 'oneshot' })), [
      { unit: 'job.service', programs: ['one', 'two'], isOneshot: true, wasStarted: true },
    ]);
  });

  test('are found whatever stands in their arguments', () => {
    for (const argv of [
      'book { ; } ; argv[]=x ; ignore_errors=no }',
      'book "quoted" \'so\' \\ $X',
      'book a\n\nb\n\n\nc',
      'book a\nType=oneshot\nActiveState=inactive',
      'book a\nId=../../evil; rm',
    ]) {
      const text = shown('ledger.service', execStart('/bin/book', argv));
      const next = shown('next.service', execStart('/bin/next'));
      assert.deepEqual(parseServiceUnits(`${text}\n\n${next}`)[0], LEDGER, argv);
      assert.equal(parseServiceUnits(`${text}\n\n${next}`).length, 2, argv);
    }
  });

  test('stand beside those that an argument pretends', () => {
    const text = shown('ledger.service', execStart('/bin/book', 'book a\nId=evil.service\n'));
    assert.deepEqual(
      parseServiceUnits(text).map(({ unit }) => unit),
      ['evil.service', 'ledger.service'],
    );
  });
});

describe('systemd, asked for its services', () => {
  const { PATH } = process.env;
  let place: Workspace;

  beforeEach(async () => {
    place = await workspace();
    process.env.PATH = `${place.path()}:${PATH}`;
  });

  afterEach(async () => {
    process.env.PATH = PATH;
    await place.remove();
  });

  test('tells all of them, however many', async () => {
    place.script(
      'systemctl',
      `for i in $(seq 999); do printf '%s\\n' '${execStart('/bin/book')}' "Id=a$i.service" ''; done`,
    );
    const answer = await serviceUnits({ timeoutMs: 20_000 });
    assert.equal(answer.kind === 'known' && answer.units.length, 999);
    assert.equal(answer.kind === 'known' && answer.units[0]?.unit, 'a1.service');
  });

  test('is not listened to without an end', async () => {
    place.script('systemctl', 'head -c 5000000 /dev/zero');
    assert.deepEqual(await serviceUnits({ timeoutMs: 20_000 }), { kind: 'cut' });
  });

  test('does not answer where it fails or hangs', async () => {
    place.script('systemctl', 'echo "Failed to connect to bus" >&2; exit 1');
    const failed = await serviceUnits({ timeoutMs: 20_000 });
    assert.deepEqual(failed.kind === 'unknown' && failed.result.errorLines, [
      'Failed to connect to bus',
    ]);
    place.script('systemctl', 'exec sleep 600');
    const hung = await serviceUnits({ timeoutMs: 50 });
    assert.equal(hung.kind === 'unknown' && hung.result.ending.kind, 'timed out');
  });
});
