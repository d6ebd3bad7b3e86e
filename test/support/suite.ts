import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import { spec, type TestEvent } from 'node:test/reporters';
import { repository } from './repository.ts';

const CONCURRENCY = 2;
const TEST_TIMEOUT_MS = 120_000;
/** Node's timeout is for a test; a file that hangs after or between its tests is seen by this. */
const SILENCE_MS = TEST_TIMEOUT_MS + 30_000;

/** How the tests went. */
export interface Outcome {
  tests: number;
  /** Tests, and suites that were skipped whole. */
  skipped: number;
  todo: number;
  /** Why tests were skipped, each reason once. */
  reasons: Set<string>;
  success: boolean;
  /** The lines of counts that end a report: left to the caller, who may have more to say first. */
  closing: string[];
}

/** Runs test files, all where none is named, each in its own process; reports on standard output. */
export async function runSuite(files: string[], signal: AbortSignal): Promise<Outcome> {
  const outcome: Outcome = {
    tests: 0,
    skipped: 0,
    todo: 0,
    reasons: new Set(),
    success: false,
    closing: [],
  };
  const silence = new AbortController();
  const giveUp = () => silence.abort(new Error(`no word from any test for ${SILENCE_MS} ms`));
  const watchdog = setTimeout(giveUp, SILENCE_MS);
  const events = run({
    files: files.length > 0 ? files.map((file) => resolve(file)) : allTestFiles(),
    concurrency: CONCURRENCY,
    timeout: TEST_TIMEOUT_MS,
    signal: AbortSignal.any([signal, silence.signal]),
  });
  const follow = async function* (source: AsyncIterable<TestEvent>) {
    for await (const event of source) {
      watchdog.refresh();
      if (!note(event, outcome)) {
        yield event;
      }
    }
  };
  await pipeline(events, follow, new spec(), process.stdout, { end: false });
  clearTimeout(watchdog);
  return outcome;
}

/** Keeps what is about the whole run, and says whether it was that: the only events that name no file. */
function note({ type, data }: TestEvent, outcome: Outcome): boolean {
  // Node's own count leaves out a suite that is skipped as a whole.
  if (type === 'test:pass' && data.skip !== undefined) {
    outcome.skipped += 1;
    outcome.reasons.add(String(data.skip));
  }
  if (type === 'test:summary' && data.file === undefined) {
    const { tests, todo } = data.counts;
    Object.assign(outcome, { tests, todo, success: data.success });
    return true;
  }
  if (type === 'test:diagnostic' && data.file === undefined) {
    outcome.closing.push(`ℹ ${data.message}`);
    return true;
  }
  return false;
}

function allTestFiles(): string[] {
  return globSync('test/**/*.test.ts', { cwd: repository })
    .sort()
    .map((file) => resolve(repository, file));
}
