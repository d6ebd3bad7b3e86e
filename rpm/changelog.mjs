// CHANGELOG.md in the form that rpm wants it in.

const PACKAGER = 'the Process Monitor Service authors';
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/**
 * The released versions of a changelog, newest first. What has no date is not released.
 * @returns {{ version: string, date: Date, lines: string[] }[]}
 */
export function releasesOf(changelog) {
  return changelog
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [heading, ...lines] = section.split('\n');
      const [, version, day] = /^\[(\S+)\] - (\d{4}-\d\d-\d\d)$/.exec(heading) ?? [];
      return { version, date: new Date(`${day}T12:00:00Z`), lines };
    })
    .filter(({ date }) => !Number.isNaN(date.getTime()));
}

/** The entries of %changelog: the items, without the headings that group them. */
export function rpmChangelog(releases, packageRelease) {
  return releases.map((release) => entryOf(release, packageRelease)).join('\n');
}

function entryOf({ version, date, lines }, packageRelease) {
  const day = String(date.getUTCDate()).padStart(2, '0');
  const when = `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${day} ${date.getUTCFullYear()}`;
  const items = lines.filter((line) => /^(- | {2}\S)/.test(line));
  const text = items.join('\n').replaceAll('%', '%%');
  return `* ${when} ${PACKAGER} - ${version}-${packageRelease}\n${text}\n`;
}
