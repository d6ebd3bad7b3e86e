import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { breachOfDirectory, breachOfFile, type Keepers, ownUser } from '../system/guarded.ts';
import type { LineOf, Problem } from './problem.ts';
import type { Settings } from './settings.ts';

const EXPECTED = 'expected a directory that nobody but root and this user can change';

/** The places where the service makes files, and others could have put theirs before. */
export function placeProblems({ database, monitor, logging }: Settings, lineOf: LineOf): Problem[] {
  const owner = ownUser();
  const found: Problem[] = [];
  const look = (section: string, key: string, path: string, directory: string, who: Keepers) => {
    const breach = breachOfDirectory(directory, who);
    if (breach !== undefined) {
      const line = lineOf(section, key);
      const message = `got "${path}", ${EXPECTED}: others can change ${breach} and put theirs in its place`;
      found.push({ severity: 'warning', section, key, ...(line && { line }), message });
    }
  };
  const { state_directory, control_socket } = monitor;
  const { log_file } = logging;
  if (database.driver === 'sqlite') {
    look('database', 'file', database.file, dirname(database.file), owner);
  }
  look('monitor', 'state_directory', state_directory, state_directory, owner);
  look('monitor', 'control_socket', control_socket, dirname(control_socket), owner);
  look('logging', 'log_file', log_file, dirname(log_file), withGroupOf(dirname(log_file), owner));
  return found;
}

/** Who else can replace a file that tells the service what to do, or its password. Its mode is told by itself. */
export function guardProblems(file: string): Problem[] {
  const breach = breachOfFile(file, ownUser());
  if (breach === undefined) {
    return [];
  }
  const message = `${file} can be replaced or changed by others than root and this user: see owner and mode of ${breach}`;
  return [{ severity: 'warning', message }];
}

/** Some distributions have a group that keeps the logs; root's is none. */
function withGroupOf(directory: string, { uid, groups }: Keepers): Keepers {
  const gid = statSync(directory, { throwIfNoEntry: false })?.gid;
  return { uid, groups: gid ? [...groups, gid] : groups };
}
