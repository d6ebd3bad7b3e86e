/** Tells that the service does not run, and what to do about it. */
export function tellNotRunning(): void {
  process.stderr.write(
    'monitor_service: not running; start it: systemctl start monitor_service; why it ended: journalctl -u monitor_service -n 50\n',
  );
}
