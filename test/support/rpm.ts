import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
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

const PACKAGED = [
  ...['rpm', 'docs', 'config.ini', 'setup.sql', 'monitor_service.service', 'monitor_service.8'],
  ...['README.md', 'CHANGELOG.md', 'LICENSE', 'package.json'],
];

/** Another version of the package, with the binary that dist/ has, and files changed; made in a folder. */
export async function buildVersion(
  version: string,
  folder: string,
  changed: Record<string, (text: string) => string>,
): Promise<string> {
  for (const name of PACKAGED) {
    const filter = (path: string) => basename(path) !== 'node_modules';
    cpSync(join(repository, name), join(folder, name), { recursive: true, filter });
  }
  mkdirSync(join(folder, 'dist'));
  symlinkSync(join(repository, 'dist/monitor_service'), join(folder, 'dist/monitor_service'));
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
  return buildRpm(folder, '--no-binary');
}
