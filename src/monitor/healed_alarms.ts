/** Remembers the alarms whose process was restarted and verified, but which could not be cleared. */
export interface HealedAlarms {
  loadHealed(): Iterable<readonly [alarmId: string, seen: string]>;
  rememberHealed(alarmId: string, seen: string): void;
  forgetHealed(alarmId: string): void;
}
