/**
 * Which version of systemd brought what this service uses of it. Origin: the oldest tag of systemd's sources that has it in
 * src/core/load-fragment-gperf.gperf.m4 (directives), in the manual pages man/*.xml (options), or among the D-Bus properties of
 * src/core/dbus-*.c (properties). 183 is 183 or earlier.
 */
type Versions = Readonly<Record<number, readonly string[]>>;

/** What RedHat 8 has. */
export const OLDEST = 239;

/** Of unit files, and of `systemd-run --property=`. */
const DIRECTIVES: Versions = {
  183: [
    ...[
      'After',
      'CapabilityBoundingSet',
      'Description',
      'Documentation',
      'ExecReload',
      'ExecStart',
    ],
    ...[
      'IgnoreSIGPIPE',
      'KillMode',
      'LimitCORE',
      'OOMScoreAdjust',
      'Restart',
      'RestartSec',
      'SyslogIdentifier',
      'Type',
    ],
    ...['UMask', 'WantedBy', 'WatchdogSec'],
  ],
  187: ['SystemCallFilter'],
  188: ['TimeoutStartSec', 'TimeoutStopSec'],
  189: ['RestartPreventExitStatus'],
  198: ['NoNewPrivileges'],
  209: ['PrivateDevices', 'SystemCallArchitectures', 'SystemCallErrorNumber'],
  211: ['RestrictAddressFamilies', 'RuntimeDirectory', 'RuntimeDirectoryMode'],
  214: ['ProtectHome', 'ProtectSystem'],
  230: ['StartLimitIntervalSec'],
  231: ['RestrictRealtime'],
  232: ['ProtectControlGroups', 'ProtectKernelModules', 'ProtectKernelTunables'],
  233: ['RestrictNamespaces'],
  235: [
    ...['LockPersonality', 'LogsDirectory', 'LogsDirectoryMode', 'RuntimeDirectoryPreserve'],
    ...['StateDirectory', 'StateDirectoryMode'],
  ],
  240: ['WatchdogSignal'],
  242: ['ProtectHostname', 'RestrictSUIDSGID'],
  243: ['OOMPolicy'],
  244: ['ProtectKernelLogs'],
  245: ['ProtectClock'],
};

/** Of systemctl, systemd-run, systemd-notify, systemd-cat and journalctl; by two of them, the later. */
const OPTIONS: Versions = {
  183: [
    ...['--all', '--lines', '--no-ask-password', '--no-pager', '--output', '--pid', '--quiet'],
    '--signal',
  ],
  193: ['--since'],
  206: ['--description', '--unit'],
  211: ['--property'],
  228: ['--sync'],
  232: ['--wait'],
  235: ['--pipe'],
  236: ['--collect', '--output-fields'],
};

/** What `systemctl show` is asked for. */
const PROPERTIES: Versions = {
  183: [
    ...['ActiveState', 'ConditionResult', 'ConditionTimestampMonotonic'],
    ...[
      'ExecMainCode',
      'ExecMainStatus',
      'ExecStart',
      'Id',
      'Job',
      'LoadState',
      'MainPID',
      'Names',
    ],
    ...['ActiveEnterTimestampMonotonic', 'ActiveExitTimestampMonotonic'],
    ...['ExecMainExitTimestampMonotonic', 'ExecMainStartTimestampMonotonic'],
    ...[
      'InactiveExitTimestampMonotonic',
      'Requires',
      'Requisite',
      'RefuseManualStop',
      'Result',
      'SubState',
      'TimeoutStartUSec',
      'TimeoutStopUSec',
      'Type',
    ],
  ],
  187: ['BindsTo'],
  213: ['Conditions'],
  218: ['AssertResult', 'AssertTimestampMonotonic', 'Asserts'],
  229: ['RuntimeMaxUSec'],
  232: ['InvocationID'],
  243: ['ExecCondition'],
};

export const VERSIONS = {
  directive: versionOf(DIRECTIVES),
  option: versionOf(OPTIONS),
  property: versionOf(PROPERTIES),
};

function versionOf(versions: Versions): ReadonlyMap<string, number> {
  const pairs = Object.entries(versions).flatMap(([version, names]) =>
    names.map((name): [string, number] => [name, Number(version)]),
  );
  return new Map(pairs);
}
