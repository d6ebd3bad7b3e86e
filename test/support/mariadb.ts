import { runTool } from './child.ts';
import { DATA_SETTINGS } from './mariadb_settings.ts';
import { find, MARIADB } from './packages.ts';
import { sharedDirectory } from './shared_directory.ts';

/** The path of the server. */
export function mariadbd(): string {
  const path = find(MARIADB.program);
  if (path === undefined) {
    throw new Error(`${MARIADB.program} not found: install the package ${MARIADB.apt}`);
  }
  return path;
}

/** An initialised data directory, made once for all the servers of a run, each of which copies it. */
export const dataTemplate = sharedDirectory('MONITOR_TEST_MARIADB_TEMPLATE', (directory) =>
  runTool(
    'mariadb-install-db',
    [
      ...DATA_SETTINGS,
      '--auth-root-authentication-method=normal',
      '--skip-name-resolve',
      '--skip-test-db',
      `--datadir=${directory}`,
    ],
    // A server that starts deletes the temporary tables that others have in the same place.
    { env: { ...process.env, TMPDIR: directory } },
  ),
);
