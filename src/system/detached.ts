import { closeSync, openSync } from 'node:fs';
import { execa } from 'execa';
import { childEnvironment } from './environment.ts';

/** How every child is started: in a session and process group of its own, with an environment made anew. */
export function detachedOptions() {
  return {
    detached: true,
    buffer: false,
    reject: false,
    cleanup: false,
    extendEnv: false,
    cwd: '/',
    env: childEnvironment(),
  } as const;
}

/** Starts a child whose three streams are pipes to here. @throws where it could not even be tried */
export function startPiped(file: string, args: readonly string[]) {
  assertDescriptorsLeft();
  return execa(file, args, {
    ...detachedOptions(),
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
  });
}

/** Three pipes, and the one by which the child tells that it runs. */
const DESCRIPTORS_OF_A_START = 8;

/** Where the descriptors end in the middle of a start, Node leaves the pipes that were made open for good. */
function assertDescriptorsLeft(): void {
  const taken: number[] = [];
  try {
    while (taken.length < DESCRIPTORS_OF_A_START) {
      taken.push(openSync('/dev/null', 'r'));
    }
  } finally {
    for (const descriptor of taken) {
      closeSync(descriptor);
    }
  }
}
