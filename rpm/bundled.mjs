// What others made, and the binary has in it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The packages in the bundle that build.mjs made last, with their licenses.
 * @returns {{ component: string, version: string, license: string }[]}
 */
export function packagesOf(root) {
  const folders = JSON.parse(readFileSync(join(root, 'dist/packages.json'), 'utf8'));
  return folders.map((folder) => {
    const { name, version } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) {
      throw new Error(`${folder} has no license file`);
    }
    const license = readFileSync(join(root, folder, file), 'utf8').trim();
    return { component: `npm(${name})`, version, license };
  });
}

/** As RedHat asks of packages that bring others along, so that they are found when one has to be mended. */
export function provides(bundled) {
  return bundled
    .map(({ component, version }) => `Provides: bundled(${component}) = ${version}\n`)
    .join('');
}

export function licenseTexts(packages) {
  return packages
    .map(({ component, version, license }) => `${component} ${version}\n\n${license}\n`)
    .join('\n\n');
}
