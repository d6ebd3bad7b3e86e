import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/** Few, so that they are soon taken; more than a test needs. */
const LIMIT = 256;

/** Leaves this process without a descriptor, or with a few; returns what gives them back. */
export function takeAllDescriptors({ left = 0 } = {}): () => void {
  execFileSync('prlimit', [`--nofile=${LIMIT}:`, '--pid', `${process.pid}`]);
  const taken: number[] = [];
  try {
    for (;;) {
      taken.push(openSync('/dev/null', 'r'));
    }
  } catch {
    // EMFILE: that was the last one.
  }
  const giveBack = (count = taken.length) => {
    for (const descriptor of taken.splice(0, count)) {
      closeSync(descriptor);
    }
  };
  giveBack(left);
  return () => giveBack();
}
