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
