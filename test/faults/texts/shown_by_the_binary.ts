/** The same configurations as bytes of a file, given to the program as it is shipped. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunResult, run } from '../../support/binary.ts';
import type { Random } from '../../support/random.ts';
import { own } from '../../support/reaper.ts';
import type { Property } from '../property.ts';
import { mutatedFile } from './configuration_mutations.ts';

const TIMEOUT_MS = 10_000;
const VALID = 0;
const INVALID = 78;

/** `ÿ`, which as a byte of its own is no UTF-8: one byte in this place of a line, and in no other. */
const NO_TEXT = '\u00ff';

export const binaryShowsWhatItMeans: Property<string> = {
  title: 'the binary refuses a configuration with its place, or takes back what it showed of it',
  quick: 20,
  long: 1000,
  expected: ['valid', 'refused'],
  generate: (random) => mutatedFile(random).map((line) => withNoText(line, random)),
  async check(lines, tally) {
    const shown = await show(bytesOf(lines.join('')));
    assertQuiet(shown);
    if (shown.code === INVALID) {
      assert.match(
        shown.stdout,
        /^[^\n]*config\.ini: is not UTF-8 text$|^[^\n]*config\.ini:\d+: /m,
      );
      tally('refused');
      return;
    }
    assert.equal(shown.code, VALID, shown.stderr);
    const again = await show(Buffer.from(shown.stdout));
    assertQuiet(again);
    assert.equal(again.code, VALID, again.stdout);
    assert.equal(again.stdout, shown.stdout);
    tally('valid');
  },
};

/** One line in two hundred is broken by a byte that no text has. */
function withNoText(line: string, random: Random): string {
  return random(200) === 0 ? NO_TEXT + line.replaceAll(NO_TEXT, '') : line;
}

function bytesOf(text: string): Buffer {
  const [first = '', ...others] = text.split(NO_TEXT).map((piece) => Buffer.from(piece));
  return Buffer.concat([
    Buffer.from(first),
    ...others.flatMap((piece) => [Buffer.from([0xff]), piece]),
  ]);
}

/** Ended by itself, and said nothing that only a programmer understands. */
function assertQuiet({ code, signal, stdout, stderr }: RunResult): void {
  assert.equal(signal, null, `ended by ${signal}: ${stderr}`);
  assert.ok(code === VALID || code === INVALID, `exit code ${code}: ${stderr}`);
  assert.doesNotMatch(stdout + stderr, /^ {4}at |node:internal/m);
}

let file: string | undefined;

/** One file after the other in the same place, which is gone with this process. */
async function show(bytes: Buffer): Promise<RunResult> {
  if (file === undefined) {
    const directory = mkdtempSync(join(tmpdir(), 'monitor-test-'));
    own(() => rmSync(directory, { recursive: true, force: true }));
    file = join(directory, 'config.ini');
  }
  writeFileSync(file, bytes, { mode: 0o600 });
  return await run(['check-config', '--show', '-c', file], { timeoutMs: TIMEOUT_MS });
}
