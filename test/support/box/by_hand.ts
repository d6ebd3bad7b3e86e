import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../repository.ts';
import type { Host } from './host.ts';

/** As the README installs it. */
export async function layOut(host: Host): Promise<void> {
  const files = [
    'dist/monitor_service',
    'config.ini',
    'setup.sql',
    'monitor_service.service',
    'monitor_service.8',
  ];
  for (const file of files) {
    copyFileSync(join(repository, file), host.box.path(join('/root', file.replace('dist/', ''))));
  }
  await host.sh(`set -e; cd /root
    install -d -m 0755 /opt/monitor_service /opt/monitor_service/bin
    install -m 0700 monitor_service /opt/monitor_service/bin/
    install -m 0600 config.ini /opt/monitor_service/
    install -m 0644 setup.sql /opt/monitor_service/
    install -m 0644 monitor_service.service /etc/systemd/system/
    install -m 0644 monitor_service.8 /usr/share/man/man8/
    ln -sf /opt/monitor_service/bin/monitor_service /usr/sbin/monitor_service
    systemctl daemon-reload`);
}
