import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type CommandOptions, runCommand } from '../../src/system/command.ts';

const END: CommandOptions = { timeoutMs: 10_000, leftovers: 'end' };

describe('output', () => {
  test('of a gigabyte leaves its last lines, in bounded memory', async () => {
    const before = process.resourceUsage().maxRSS;
    const printed = 'yes 0123456789012345678901234567890 | head -c 1073741824; echo; echo the end';
    const { ok, outputLines } = await runCommand(printed, { ...END, timeoutMs: 60_000 });
    assert.deepEqual([ok, outputLines.length, outputLines.at(-1)], [true, 20, 'the end']);
    const grownKb = process.resourceUsage().maxRSS - before;
    assert.ok(grownKb < 150 * 1024, `${grownKb} KB`);
  });

  test('in one endless line leaves its last 4 KB', async () => {
    const { errorLines } = await runCommand('head -c 1000000 /dev/zero | tr "\\0" x >&2', END);
    assert.deepEqual(errorLines, ['x'.repeat(4096)]);
  });

  test('in blank lines is none, and lines may end as they like', async () => {
    const { outputLines } = await runCommand("printf 'a\\r\\n\\n  \\nb\\rc'", END);
    assert.deepEqual(outputLines, ['a', 'b', 'c']);
  });

  test('that is no UTF-8 is shown with replacement characters', async () => {
    const { outputLines } = await runCommand("printf 'a\\377b'", END);
    assert.deepEqual(outputLines, ['a\ufffdb']);
  });
});
