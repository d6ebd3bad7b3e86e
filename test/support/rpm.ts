import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from './child.ts';
import { repository } from './repository.ts';

/** Where a process tells those that it starts of the package they can look at. */
const BUILT = 'MONITOR_TEST_RPM';
/** Compression takes most of it, and as long as other tests leave it the processors. */
const BUILD_TIMEOUT_MS = 5 * 60_000;
/** What a clone does not have, or has of its own. */
const NOT_COPIED = ['.git', 'dist', 'node_modules', 'rpm/aarch64/node_modules'];

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
  const path = await buildRpm(repository, ['--no-binary']);
  process.env[BUILT] = path;
  return path;
}

/** A copy of the repository, such as a clone is after `npm ci`. */
export function cloneTo(copy: string): string {
  const isCopied = (file: string) => !NOT_COPIED.some((name) => file === join(repository, name));
  cpSync(repository, copy, { recursive: true, filter: isCopied });
  for (const modules of ['node_modules', 'rpm/aarch64/node_modules']) {
    if (existsSync(join(repository, modules))) {
      symlinkSync(join(repository, modules), join(copy, modules));
    }
  }
  return copy;
}

/** Runs rpm/build.mjs of a copy of the repository; returns the path of what it made. */
export async function buildRpm(
  copy: string,
  options: string[],
  env?: NodeJS.ProcessEnv,
): Promise<string> {
  const said = await runTool(process.execPath, ['rpm/build.mjs', ...options], {
    cwd: copy,
    timeoutMs: BUILD_TIMEOUT_MS,
    ...(env && { env: { ...process.env, ...env } }),
  });
  const name = /^built (dist\/.+\.rpm) /m.exec(said)?.[1];
  if (name === undefined) {
    throw new Error(`rpm/build.mjs named no package:\n${said}`);
  }
  return join(copy, name);
}

/** What rpm says of a package, in the words of `rpm --queryformat`. */
export function askRpm(rpm: string, format: string): Promise<string> {
  return runTool('rpm', ['-qp', '--nosignature', '--queryformat', format, rpm]);
}

/** The same as lines, each once. */
export async function listRpm(rpm: string, format: string): Promise<string[]> {
  const lines = (await askRpm(rpm, format)).split('\n');
  return [...new Set(lines.filter((line) => line !== ''))].sort();
}

/** Another version of the package, with the binary that dist/ has, and files changed; made in a folder. */
export async function buildVersion(
  version: string,
  folder: string,
  changed: Record<string, (text: string) => string>,
): Promise<string> {
  cloneTo(folder);
  cpSync(join(repository, 'dist'), join(folder, 'dist'), {
    recursive: true,
    filter: (file) => !file.endsWith('.rpm'),
  });
  const edits: typeof changed = {
    'package.json': (text) => text.replace(/(?<="version": ")[^"]+/, version),
    'CHANGELOG.md': (text) => text.replace(/(?<=^## \[)\d[^\]]*/m, version),
    // Compression is what takes the time.
    'rpm/monitor_service.spec': (text) => text.replace(/(?<=_binary_payload ).*/, 'w1.gzdio'),
    ...changed,
  };
  for (const [name, edit] of Object.entries(edits)) {
    const file = join(folder, name);
    writeFileSync(file, edit(readFileSync(file, 'utf8')));
  }
  return buildRpm(folder, ['--no-binary']);
}
