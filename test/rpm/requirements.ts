import assert from 'node:assert/strict';
import { askRpm, listRpm } from '../support/rpm.ts';

/** What rpm 4.14.2 of RHEL 8.0 is able to do, of what a package can ask for. */
const RPM_FEATURES = [
  'rpmlib(CompressedFileNames) <= 3.0.4-1',
  'rpmlib(FileDigests) <= 4.6.0-1',
  'rpmlib(PayloadFilesHavePrefix) <= 4.0-1',
  'rpmlib(PayloadIsXz) <= 5.2-1',
];

/** The newest symbols in the libraries of RHEL 8. */
const NEWEST = { GLIBC: [2, 28], GLIBCXX: [3, 4, 25], CXXABI: [1, 3, 11], GCC: [8, 0, 0] };

/** Every file of a package is hashed with this one. */
const SHA256 = '8';

/** Its format, its payload, and the libraries of which it wants symbols. */
export async function assertRunsOnRhel8(rpm: string): Promise<void> {
  const requirements = await listRpm(rpm, '[%{REQUIRENEVRS}\n]');
  const features = requirements.filter((name) => name.startsWith('rpmlib('));
  assert.deepEqual(features, RPM_FEATURES);
  const payload = '%{PAYLOADFORMAT} %{PAYLOADCOMPRESSOR} %{FILEDIGESTALGO}';
  assert.equal(await askRpm(rpm, payload), `cpio xz ${SHA256}`);
  for (const [library, newest] of Object.entries(NEWEST)) {
    const asked = requirements.flatMap((name) => symbolVersion(name, library) ?? []);
    assert.ok(asked.length > 0, library);
    assert.deepEqual(
      asked.filter((version) => isAbove(version.split('.').map(Number), newest)),
      [],
      `${library} is at ${newest.join('.')} there`,
    );
  }
}

/** Requirements without those that rpm itself has to meet, and without symbols, of which there are many. */
export function withoutSymbols(requirements: string[]): string[] {
  return requirements.filter((name) => !/^rpmlib\(|\([A-Z]+_[0-9.]+\)|^rtld\(/.test(name));
}

function symbolVersion(requirement: string, library: string): string | undefined {
  return new RegExp(`\\(${library}_([0-9.]+)\\)`).exec(requirement)?.[1];
}

function isAbove(version: number[], limit: number[]): boolean {
  const differs = limit.findIndex((part, at) => part !== (version[at] ?? 0));
  return differs >= 0 && (version[differs] ?? 0) > (limit[differs] ?? 0);
}
