/** Names of programs, and with `systemd-` before them of units, that take the whole host into another state. */
const HOST_STATES = new Set([
  ...['halt', 'poweroff', 'reboot', 'soft-reboot', 'kexec', 'exit'],
  ...['suspend', 'hibernate', 'hybrid-sleep', 'suspend-then-hibernate'],
]);

/** Programs and units that harm the host by merely being started. */
const HARMFUL = new Set([
  ...['shutdown', 'init', 'telinit', 'runlevel', 'killall5', 'rescue', 'emergency', 'debug-shell'],
  ...['crontab', 'pwunconv', 'grpunconv', 'sulogin', 'systemd', 'dracut-emergency'],
  ...['selinux-autorelabel', 'systemd-tpm2-clear', 'packagekit-offline-update'],
  ...['blkdeactivate', 'aa-teardown', 'dhclient', 'pm-suspend', 'pm-hibernate'],
]);
/** `redboot-auto-reboot`, `systemd-sysupdate-reboot` and the like. */
const HARMFUL_KINDS = /^(?:initrd-|system-update)|-(?:reboot|poweroff|halt)$/;

/** Would it stop or harm the host to start the program, or the unit, of this name? */
export function isHarmful(program: string): boolean {
  const state = program.replace(/^systemd-/, '');
  return HOST_STATES.has(state) || HARMFUL.has(program) || HARMFUL_KINDS.test(program);
}
