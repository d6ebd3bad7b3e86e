import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { childEnvironment } from './environment.ts';
import { ownGroups } from './own_groups.ts';

export type Child = ChildProcessWithoutNullStreams & { readonly pid: number };

/** How it ended: one of the two is null. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

/**
 * Starts a child as every one is started: in a session and process group of its own, with an environment made
 * anew, and with pipes. The group is one of ours until the caller says otherwise. By Node itself: of execa,
 * which takes 20 ms and 2.5 MB to load, nothing would be left switched on.
 * @param more for its environment
 * @throws where it can't be started
 */
export async function startChild(
  [file = '', ...args]: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<Child> {
  assertDescriptorsLeft();
  const env = { ...childEnvironment(), ...more };
  const child = spawn(file, args, { detached: true, cwd: '/', env, stdio: 'pipe' });
  if (child.pid === undefined) {
    const [error] = await once(child, 'error');
    throw error;
  }
  ownGroups.add(child.pid);
  return child as Child;
}

/** Its exit, and the end of all that it and its children print. */
export function endOf(child: Child): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

/** Of one that did not end well. */
export function exitWords({ code, signal }: Exit): string {
  return signal === null ? `exit code ${code}` : `ended by ${signal}`;
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
