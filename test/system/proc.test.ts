import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isAlive, procFile, statOf } from '../../src/system/proc.ts';
import { processTable } from '../../src/system/process_table.ts';
import { waitFor } from '../support/wait.ts';
import { entryOf, PERL, Programs } from './fixtures/programs.ts';

const KILOBYTE = 1024;
const VAST = 64 * KILOBYTE * KILOBYTE;

let programs: Programs;
before(async () => {
  programs = await Programs.open();
});
after(() => programs.end());

describe('a process with a command line of 64 MB', () => {
  let pid: number;
  before(async () => {
    // The name is cut by the kernel, so that the command line is looked at for the whole one.
    const file = programs.copy(PERL, { name: programs.newName('program-of-many-characters-') });
    pid = await programs.start(file, [programs.script('vast_command_line.pl')], { speaks: true });
    assert.equal(procFile(pid, 'cmdline', 2 * VAST)?.length, VAST);
  });

  test('is read to 64 KB', () => {
    assert.equal(procFile(pid, 'cmdline')?.length, 64 * KILOBYTE);
  });

  test('costs the process table neither time nor memory', () => {
    processTable();
    const memoryBefore = process.resourceUsage().maxRSS;
    const started = performance.now();
    const found = processTable().find((process) => process.pid === pid);
    assert.ok(performance.now() - started < 1000, `${performance.now() - started} ms`);
    const grown = process.resourceUsage().maxRSS - memoryBefore;
    assert.ok(grown < 16 * KILOBYTE, `${grown} KB more`);
    assert.match(found?.name ?? '', /^program-of-many-characters-/);
  });
});

describe('a process whose first thread ended before the others', () => {
  test('still runs', async () => {
    const file = programs.copy(PERL);
    const script = programs.script('first_thread_gone.pl');
    const pid = await programs.start(file, [script], { speaks: true });
    await waitFor('the first thread to end', () => procFile(pid, 'stat')?.includes(') Z '));
    assert.equal(statOf(pid)?.isZombie, false);
    assert.equal(isAlive(entryOf(pid)), true);
    process.kill(pid, 'SIGKILL');
    await waitFor('all of it to end', () => statOf(pid)?.isZombie !== false);
  });
});
