import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/** Few, so that they are soon taken; more than a test needs. */
const LIMIT = 256;

/** Leaves this process without a descriptor; returns what gives them back. */
export function takeAllDescriptors(): () => void {
  execFileSync('prlimit', [`--nofile=${LIMIT}:`, '--pid', `${process.pid}`]);
  const taken: number[] = [];
  try {
    for (;;) {
      taken.push(openSync('/dev/null', 'r'));
    }
  } catch {
    // EMFILE: that was the last one.
  }
  return () => {
    for (const descriptor of taken.splice(0)) {
      closeSync(descriptor);
    }
  };
}
