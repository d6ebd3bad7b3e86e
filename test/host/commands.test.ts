/** What commands of the configuration may do within the unit that confines the service, and how to do more. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { failToHeal, heal, suiteHost } from '../support/box/alarms.ts';
import { noBox } from '../support/box/box.ts';
import type { Host } from '../support/box/host.ts';

const WRITABLE = ['/etc', '/var', '/opt', '/srv', '/home', '/root', '/tmp', '/run', '/var/tmp'];
const PERL_SOCKETS = 'perl -MIO::Socket::INET -MIO::Socket::UNIX -e';
const AROUND = 'systemd-run --quiet --pipe --wait';

/** Each by its name in the table. */
const ALLOWED: Record<string, string> = {
  'write-files': `for dir in ${WRITABLE.join(' ')}; do echo written > $dir/proof || exit 1; done`,
  'use-runuser': 'test "$(runuser -u nobody -- id -u)" = 65534',
  'use-su': `test "$(su -s /bin/sh nobody -c 'id -u')" = 65534`,
  'use-setpriv': 'test "$(setpriv --reuid=65534 --regid=65534 --clear-groups id -u)" = 65534',
  'read-files': 'grep -q secret /home/somebody/private',
  'change-owner': 'touch /srv/owned && chown 65534:65534 /srv/owned && chmod 600 /srv/owned',
  'use-tcp': `${PERL_SOCKETS} '
    $server = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 80, Listen => 1) or die "listen: $!";
    IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => 80) or die "connect: $!";'`,
  'use-udp': `${PERL_SOCKETS} '
    $server = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Proto => "udp") or die "bind: $!";
    $client = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $server->sockport, Proto => "udp") or die;
    $client->send("word") or die "send: $!"; $server->recv($got, 9); $got eq "word" or die;'`,
  'use-unix': 'mysql -e "SELECT 1"',
  'use-netlink': 'ip -o link show lo',
  'raise-limits':
    'ulimit -S -n 64 && ulimit -S -n "$(ulimit -H -n)" && test "$(nice -n -5 nice)" = -5',
  'send-signals': 'pkill -TERM -u nobody -x victim',
  'use-devices': 'head -c 1 /dev/zero > /dev/null && ! echo x > /dev/full && : < /srv/fuse',
  'ask-systemd': 'systemctl is-active mariadb && journalctl -n 1 -u mariadb',
};

const MOUNT = 'mount -t tmpfs tmpfs /srv/data';
/** A command, and what the log is to tell of its failure. */
const REFUSED: Record<string, [command: string, reason: RegExp]> = {
  mount: [MOUNT, /mount.*(permission denied|not permitted)/i],
  remount: [
    'mount -o remount,rw /usr',
    /mount.*(permission denied|not permitted|not mount point)/i,
  ],
  'load-module': [
    `perl -e '$none = ""; syscall(313, 0, $none, 0) == 0 or die "finit_module: $!"'`,
    /finit_module: Operation not permitted/,
  ],
  'set-clock': ['date -s 2000-01-01', /date: cannot set date: Operation not permitted/],
  'set-kernel': ['sysctl -w net.ipv4.ip_forward=1', /(read-only file system|permission denied)/i],
  'make-namespace': ['unshare --mount true', /unshare: unshare failed: Operation not permitted/],
  'write-usr': ['touch /usr/proof', /Read-only file system/],
  'write-boot': ['touch /boot/proof', /Read-only file system/],
  'set-network': ['ip address add 10.9.8.7/32 dev lo', /Operation not permitted/],
  'set-uid': ['touch /srv/mine && chmod u+s /srv/mine', /Operation not permitted/],
  trace: [
    `perl -e 'syscall(101, 16, $ARGV[0], 0, 0) == 0 or die "ptrace: $!"' "$(pgrep -o mariadbd)"`,
    /ptrace: Operation not permitted/,
  ],
  'set-hostname': ['hostname other', /(not permitted|must be root)/],
};

/** The commands of those that a host's init could run here, and how to see that it did. */
const AROUND_IT: Record<string, [command: string, proof: string]> = {
  'mount-outside': [`${AROUND} mount -t tmpfs tmpfs /srv/outside`, 'mountpoint /srv/outside'],
  'namespace-outside': [`${AROUND} unshare --mount touch /srv/namespace`, 'test -e /srv/namespace'],
  'usr-outside': [`${AROUND} touch /usr/outside`, 'test -e /usr/outside'],
  'network-outside': [
    `${AROUND} ip address add 10.9.8.6/32 dev lo`,
    'ip address show lo | grep 10.9.8.6',
  ],
  'set-uid-outside': [`touch /srv/his && ${AROUND} chmod u+s /srv/his`, 'test -u /srv/his'],
};

const custom = (command: string) => ({
  restart_strategy: 'custom',
  restart_command: command.replaceAll(/\n\s*/g, ' '),
});
const processes = (commands: Record<string, string>) =>
  Object.fromEntries(Object.entries(commands).map(([name, command]) => [name, custom(command)]));
const firstOf = (commands: Record<string, [string, unknown]>) =>
  Object.fromEntries(Object.entries(commands).map(([name, [command]]) => [name, command]));

async function prepare(host: Host): Promise<void> {
  await host.sh(`mkdir -p /srv/data /srv/outside; install -d -m 700 -o nobody /home/somebody
    echo secret > /home/somebody/private; chown nobody /home/somebody/private; chmod 600 /home/somebody/private
    cp /bin/sleep /usr/local/bin/victim
    setsid -f runuser -u nobody -- victim 600 </dev/null >/dev/null 2>&1`);
  // Made on the machine: a box may not make devices.
  spawnSync('mknod', [host.box.path('/srv/fuse'), 'c', '10', '229']);
}

describe('a command of the configuration', { skip: noBox, concurrency: 8 }, () => {
  const touch = (place: string) => `touch /var/tmp/%s-${place}`;
  const shared = suiteHost(
    {
      monitor: { max_parallel_restarts: 50, max_restart_failures: 100 },
      processes: {
        default: {
          health_check_command: 'true',
          health_check_stable_time: 0,
          max_attempts: 1,
          max_restarts: 0,
        },
        ...processes(ALLOWED),
        ...processes(firstOf(REFUSED)),
        ...processes(firstOf(AROUND_IT)),
        'status-outside': custom(`${AROUND} sh -c 'echo said inside; echo it is bad >&2; exit 7'`),
        kinds: {
          ...custom(touch('restart')),
          pre_restart_command: touch('before'),
          health_check_command: touch('health'),
        },
        'early-mount': { ...custom('true'), pre_restart_command: MOUNT },
        'late-mount': { ...custom('true'), health_check_command: MOUNT, health_check_timeout: 1 },
      },
    },
    prepare,
  );

  for (const [name] of Object.entries(ALLOWED)) {
    test(`may ${name.replace('-', ' ')}`, async () => {
      await heal(shared(), name);
    });
  }

  test('writes where everybody sees it', async () => {
    await heal(shared(), 'write-files');
    for (const directory of WRITABLE) {
      assert.equal(shared().read(`${directory}/proof`), 'written\n');
    }
  });

  for (const [name, [, reason]] of Object.entries(REFUSED)) {
    test(`may not ${name.replace('-', ' ')}, and the log says so`, async () => {
      const lines = await failToHeal(shared(), name);
      const failed = `ERROR - RESTART LOG: Custom restart command failed for: ${name}: exit code `;
      assert.ok(
        lines.some((line) => line.startsWith(failed)),
        lines.join('\n'),
      );
      assert.match(lines.join('\n'), reason);
    });
  }

  for (const [name, [, proof]] of Object.entries(AROUND_IT)) {
    test(`gets around it with systemd-run: ${name.replace('-outside', '')}`, async () => {
      await heal(shared(), name);
      await shared().sh(proof);
    });
  }

  test('that went around has its exit status and its output in the log', async () => {
    const lines = await failToHeal(shared(), 'status-outside');
    assert.ok(
      lines.includes(
        'ERROR - RESTART LOG: Custom restart command failed for: status-outside: exit code 7: it is bad',
      ),
      lines.join('\n'),
    );
    assert.ok(
      lines.includes('ERROR - RESTART LOG: Output for status-outside: said inside'),
      lines.join('\n'),
    );
    const journal = await shared().sh('journalctl -u monitor_service -p err -o cat');
    assert.match(journal, /^RESTART LOG: Custom .* status-outside: exit code 7: it is bad$/m);
  });

  test('may the same, whichever kind of command it is', async () => {
    const host = shared();
    await heal(host, 'kinds');
    await host.sh('cd /var/tmp && rm kinds-before kinds-restart kinds-health');
    const early = await failToHeal(host, 'early-mount', /early-mount: .*permission denied/);
    assert.match(early.join('\n'), /Pre-restart command failed for early-mount: exit code \d+: /);
    const late = await failToHeal(host, 'late-mount');
    assert.match(late.join('\n'), /Health check for late-mount: exit code \d+: /);
    assert.match(late.join('\n'), /late-mount: .*permission denied/);
    await assert.rejects(host.sh('mountpoint /srv/data'));
  });
});
