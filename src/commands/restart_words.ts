import type { RestartReport } from '../control/reports.ts';

/** What came of a restart, in one line; not escaped yet. */
export function restartWords(report: RestartReport): string {
  const { name, outcome } = report;
  switch (outcome) {
    case 'verified':
      return `${name}: restarted and verified${alarmWords(report)}`;
    case 'failed':
      return `${name}: restart failed; why, and what to do: monitor_service status ${name}`;
    case 'held off':
      return `${name}: not restarted again, as its restarts did not last; monitor_service status ${name}`;
    case 'stopped':
      return `${name}: somebody stopped it while its restart was verified; left as it is`;
    default:
      return `${name}: not restarted, the service is stopping`;
  }
}

function alarmWords({ name, cleared, left }: RestartReport): string {
  const done = cleared === 0 ? '' : `, ${cleared === 1 ? 'alarm' : `${cleared} alarms`} cleared`;
  if (left === null) {
    return '; the database could not be read, so an alarm of it stays';
  }
  return left === 0 ? done : `${done}; it is in alarm still: monitor_service status ${name}`;
}
