import { join } from 'node:path';
import { runTool } from './child.ts';
import { repository } from './repository.ts';

/** Where a process tells those that it starts of the package they can look at. */
const BUILT = 'MONITOR_TEST_RPM';
/** Compression takes most of it, and as long as other tests leave it the processors. */
const BUILD_TIMEOUT_MS = 5 * 60_000;

let built: Promise<string> | undefined;

/** The path of the package, made of the binary that dist/ has, once for all that a process starts. */
export function builtRpm(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  const given = process.env[BUILT];
  if (given) {
    return given;
  }
  const path = await buildRpm(repository, '--no-binary');
  process.env[BUILT] = path;
  return path;
}

/** Runs rpm/build.mjs of a copy of the repository; returns the path of what it made. */
export async function buildRpm(copy: string, ...options: string[]): Promise<string> {
  const said = await runTool(process.execPath, ['rpm/build.mjs', ...options], {
    cwd: copy,
    timeoutMs: BUILD_TIMEOUT_MS,
  });
  const name = /^built (dist\/.+\.rpm) /m.exec(said)?.[1];
  if (name === undefined) {
    throw new Error(`rpm/build.mjs named no package:\n${said}`);
  }
  return join(copy, name);
}
