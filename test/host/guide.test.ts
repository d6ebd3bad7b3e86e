/**
 * The user's guide, walked from its first command to its last, on a host that has nothing yet. Each test is one
 * block of it, as an administrator types it; where the guide names the script, the binary stands, which lives
 * in bin/. What waits for a person is answered, and what follows a file for ever is ended once it has shown enough.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { binary } from '../support/binary.ts';
import { noBox } from '../support/box/box.ts';
import { bootHost, CONFIG_FILE, type Host } from '../support/box/host.ts';
import { repository } from '../support/repository.ts';

const DELIVERED = [
  'config.ini',
  'setup.sql',
  'monitor_service.service',
  'monitor_service.8',
  'test_alarm.sh',
  'simple_test.sh',
];
const APACHE2 = `
[process.apache2]
restart_strategy = service
pre_restart_command = /usr/sbin/apachectl configtest
health_check_command = systemctl is-active apache2
health_check_timeout = 10
restart_delay = 5
max_attempts = 2
`;
const NEW_PROCESS_SQL = `
USE v_process_monitor;

-- Add to STATUS_PROCESS table
INSERT INTO STATUS_PROCESS (process_id, alarma, sound, notes)
VALUES (6, 0, 0, 'New process');

-- Add to PROCESE table
INSERT INTO PROCESE (process_id, process_name)
VALUES (6, 'new_process_name');
`;
const NEW_PROCESS = `
[process.new_process_name]
restart_strategy = service
health_check_command = systemctl is-active new_process_name
health_check_timeout = 10
restart_delay = 5
max_attempts = 2
`;
const PROGRAM = '/opt/monitor_service/bin/monitor_service';

describe('the user’s guide', { skip: noBox }, () => {
  let host: Host;

  before(async () => {
    host = await bootHost();
    for (const file of [binary, ...DELIVERED.map((name) => join(repository, name))]) {
      host.bring(file);
    }
    await host.unit('apache2');
    await host.unit('new_process_name');
    await host.sh('systemctl stop mariadb');
    await host.sh('chmod 644 /root/*.sh'); // as they come out of an archive that knows no modes
  });
  after(() => host?.stop());

  /** In the folder with what was delivered. */
  const type = (command: string) => host.sh(`cd /root && ${command}`);
  /** On a terminal, with what a person types there. */
  const converse = (command: string, answers: string) =>
    host.sh(`cd /root && script -qec ${quoted(command)} /dev/null`, { input: answers });
  /** A command that goes on for ever: until its output has the text. */
  const follow = (command: string, text: string) =>
    host.sh(`cd /tmp
      ${command} > followed 2>&1 &
      until grep -q ${quoted(text)} followed; do sleep 0.05; done
      kill $!`);
  const mode = async (path: string) => (await host.sh(`stat -c '%a %U:%G' ${path}`)).trim();
  const editConfiguration = (find: string | RegExp, replacement: string) =>
    host.write(CONFIG_FILE, host.read(CONFIG_FILE).replace(find, replacement), 0o600);

  test('Installation 1: Create the Service Directory', async () => {
    await type('sudo mkdir -p /opt/monitor_service');
    await type('sudo mkdir -p /opt/monitor_service/bin');
    assert.equal(await mode('/opt/monitor_service'), '755 root:root');
  });

  test('Installation 2: Copy the Service Files', async () => {
    await type('sudo cp monitor_service /opt/monitor_service/bin/');
    await type('sudo cp config.ini /opt/monitor_service/');
    await type('sudo cp monitor_service.service /etc/systemd/system/');
    await type('sudo cp monitor_service.8 /usr/share/man/man8/');
    assert.match(await type(`${PROGRAM} --version`), /^monitor_service \d+\.\d+\.\d+$/m);
  });

  test('Installation 3: Set Appropriate Permissions', async () => {
    await type('sudo chmod 755 /opt/monitor_service');
    await type(`sudo chmod 700 ${PROGRAM}`);
    await type('sudo chmod 600 /opt/monitor_service/config.ini');
    await type('sudo chown -R root:root /opt/monitor_service');
    assert.equal(await mode(PROGRAM), '700 root:root');
    assert.equal(await mode(CONFIG_FILE), '600 root:root');
  });

  test('Installation 4: Set Up the Database', async () => {
    await type('sudo systemctl start mysqld');
    await type('sudo mysql < setup.sql');
    const names = await host.sql('SELECT process_name FROM PROCESE WHERE process_id = 1');
    assert.deepEqual(names, [{ process_name: 'apache2' }]);
  });

  test('Installation 5: Configure the Service', () => {
    editConfiguration('password = your_password', 'password =');
  });

  test('Installation 6: Enable and Start the Service', async () => {
    await type('sudo systemctl daemon-reload');
    await type('sudo systemctl enable monitor_service');
    await type('sudo systemctl start monitor_service');
  });

  test('Installation 7: Update Man Pages Database', async () => {
    await type('sudo mandb --quiet');
    assert.match(await type('man -w monitor_service'), /monitor_service\.8/);
  });

  test('Verifying Installation 1: Check Service Status', async () => {
    assert.match(await type('sudo systemctl status monitor_service'), /active \(running\)/);
  });

  test('Verifying Installation 2: Check Log File', async () => {
    await follow('sudo tail -f /var/log/monitor_service.log', 'Starting Process Monitor Service');
    await follow('sudo tail -f /var/log/monitor_service.log', 'Database check');
  });

  test('Process-Specific Configuration', async () => {
    host.write('/usr/sbin/apachectl', '#!/bin/sh\n[ "$1" = configtest ]\n', 0o755);
    editConfiguration(/$/, APACHE2);
    assert.match(await type(`${PROGRAM} check-config`), /valid/);
    await type('sudo systemctl reload monitor_service');
    await host.waitForLog('Configuration reloaded');
  });

  test('Basic Service Management: start, stop, restart, status', async () => {
    await type('sudo systemctl stop monitor_service');
    assert.equal(await host.property('monitor_service', 'ActiveState'), 'inactive');
    await type('sudo systemctl start monitor_service');
    const before = await host.property('monitor_service', 'MainPID');
    await type('sudo systemctl restart monitor_service');
    assert.notEqual(await host.property('monitor_service', 'MainPID'), before);
    assert.match(await type('sudo systemctl status monitor_service'), /active \(running\)/);
  });

  test('Viewing Logs', async () => {
    await follow('sudo journalctl -u monitor_service -f', 'Starting Process Monitor Service');
    await follow('sudo tail -f /var/log/monitor_service.log', 'Starting Process Monitor Service');
  });

  test('Manual Page', async () => {
    assert.match(
      await type('man monitor_service'),
      /restart the processes that a database says are in alarm/,
    );
  });

  test('Interactive Testing with test_alarm.sh', async () => {
    await type('chmod +x test_alarm.sh');
    const from = host.log().length;
    const shown = await converse('./test_alarm.sh', '1\n2\napache2\n5\n');
    assert.match(shown, / 1 {2}apache2 +no +service +Web server/);
    assert.match(shown, /apache2 \(ID: 1\): alarm set/);
    await host.waitForLog('Alarm cleared for apache2 (ID: 1)', { after: from });
  });

  test('Interactive Testing: all in alarm, and all reset', async () => {
    await type('sudo systemctl stop monitor_service');
    const shown = await converse('./test_alarm.sh', '3\ny\n1\n4\n5\n');
    assert.match(shown, /Alarm set: 5 of 5 processes/);
    assert.match(shown, / 5 {2}rsyslogd +yes/);
    assert.match(shown, /Alarm cleared: 5 of 5 processes/);
    assert.deepEqual(await host.sql('SELECT 1 FROM STATUS_PROCESS WHERE alarma = 1'), []);
    await type('sudo systemctl start monitor_service');
  });

  test('Automated Testing with simple_test.sh, and the Testing Workflow', async () => {
    const from = host.log().length;
    await type('chmod +x simple_test.sh');
    assert.match(await type('./simple_test.sh'), /apache2/);
    const found = await host.waitForLog('Found process in alarm: apache2 (ID: 1)', { after: from });
    const restarted = 'RESTART LOG: Successfully restarted and verified service: apache2';
    await host.waitForLog(restarted, { after: found });
    await host.waitForLog('Alarm cleared for apache2 (ID: 1)', { after: found });
    const [row] = await host.sql('SELECT alarma FROM STATUS_PROCESS WHERE process_id = 1');
    assert.equal(row?.alarma, 0);
  });

  test('Troubleshooting: Service Won’t Start', async () => {
    assert.match(await type('sudo journalctl -u monitor_service'), /Starting Process Monitor/);
    assert.match(await type('sudo cat /var/log/monitor_service.log'), / - INFO - /);
    assert.match(
      await type('sudo ls -la /opt/monitor_service/'),
      /-rw------- 1 root root .*config.ini/,
    );
    assert.match(await type('sudo cat /opt/monitor_service/config.ini'), /^\[database\]$/m);
  });

  test('Troubleshooting: Database Connection Issues', async () => {
    assert.match(await type('sudo systemctl status mysqld'), /active \(running\)/);
    const query = 'mysql -u root -p -e "USE v_process_monitor; SELECT * FROM PROCESE;"';
    assert.match(await converse(query, '\n'), /apache2/);
  });

  test('Troubleshooting: Process Restart Failures', async () => {
    assert.match(await type('systemctl status apache2'), /active \(running\)/);
    await type('systemctl is-active apache2');
  });

  test('Adding a New Process 1 and 2: the database, the configuration', async () => {
    await host.sh('sudo mysql', { input: NEW_PROCESS_SQL });
    editConfiguration(/$/, NEW_PROCESS);
  });

  test('Adding a New Process 3: Test the Configuration', async () => {
    const from = host.log().length;
    await type('sudo systemctl reload monitor_service');
    await host.waitForLog('Configuration reloaded', { after: from });
    await converse('./test_alarm.sh', '2\n6\n5\n');
    await host.waitForLog('verified service: new_process_name', { after: from });
  });

  test('Updating the Service', async () => {
    await type('sudo systemctl stop monitor_service');
    await type('sudo cp /opt/monitor_service/config.ini /opt/monitor_service/config.ini.bak');
    await type('sudo cp monitor_service /opt/monitor_service/bin/');
    await type(`sudo chmod 700 ${PROGRAM}`);
    await type('sudo systemctl start monitor_service');
    assert.equal(await host.property('monitor_service', 'ActiveState'), 'active');
    assert.equal(host.read(`${CONFIG_FILE}.bak`), host.read(CONFIG_FILE));
  });

  test('Backing Up and Restoring the Database', async () => {
    const dump = 'mysqldump -u root -p v_process_monitor > v_process_monitor_backup.sql';
    await converse(`sh -c '${dump}'`, '\n');
    await host.sql('DELETE FROM PROCESE');
    await converse(
      `sh -c 'mysql -u root -p v_process_monitor < v_process_monitor_backup.sql'`,
      '\n',
    );
    const [count] = await host.sql('SELECT COUNT(*) AS number FROM PROCESE');
    assert.equal(Number(count?.number), 6);
  });

  test('What happens if the MySQL database is down', async () => {
    const from = host.log().length;
    await type('sudo systemctl stop mysqld');
    await host.sh('systemctl kill -s USR1 --kill-who=main monitor_service');
    const failed = await host.waitForLog('Database check failed:', { after: from });
    await type('sudo systemctl start mysqld');
    await host.sh('systemctl kill -s USR1 --kill-who=main monitor_service');
    await host.waitForLog('Database connection restored', { after: failed });
  });
});

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
