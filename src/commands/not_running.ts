import { claimant } from '../control/host_claim.ts';
import { complain } from './output.ts';

/** Tells why nobody answers on a control socket, and what to do about it. */
export function tellNotRunning(socketPath: string): void {
  complain(whyNotRunning(socketPath));
}

/** The same in words. */
export function whyNotRunning(socketPath: string): string {
  const pid = claimant(socketPath);
  return pid === undefined
    ? 'not running; start it: systemctl start monitor_service; why it ended: journalctl -u monitor_service -n 50'
    : `not running as a service; PID ${pid} makes a single check (run --once), is about to start or end, or could not make its control socket, which its log tells`;
}
