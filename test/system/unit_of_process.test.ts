import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { unitOfCgroups } from '../../src/system/unit_of_process.ts';

const V1 = '12:pids:/system.slice/other.service\n1:name=systemd:PATH\n';
const HYBRID = '4:memory:/\n1:name=systemd:PATH\n0::PATH\n';
const V2 = '0::PATH\n';

describe('the unit of a process', () => {
  for (const [path, unit] of [
    ['/system.slice/web.service', 'web.service'],
    ['/system.slice/web.service/worker-1', 'web.service'],
    ['/system.slice/web.service/a/b.service', 'web.service'],
    ['/system.slice/system-web.slice/web@1.service', 'web@1.service'],
    ['/shop.slice/shop-web.slice/web.service', 'web.service'],
    ['/web.service', 'web.service'],
    ['/system.slice/docker-0123.scope', undefined],
    ['/machine.slice/libpod-0123.scope/container', undefined],
    ['/user.slice/user-1000.slice/session-7.scope', undefined],
    ['/user.slice/user-1000.slice/user@1000.service/app.slice/web.service', undefined],
    ['/kubepods.slice/kubepods-pod1.slice/cri-containerd-0123.scope', undefined],
    ['/docker/0123456789', undefined],
    ['/init.scope', undefined],
    ['/../../outside.service', undefined],
    ['/', undefined],
  ] as const) {
    for (const [version, text] of Object.entries({ V1, HYBRID, V2 })) {
      test(`is ${unit ?? 'none'} in ${path} (${version})`, () => {
        assert.equal(unitOfCgroups(text.replaceAll('PATH', path)), unit);
      });
    }
  }

  test('is none of a process that is gone', () => assert.equal(unitOfCgroups(''), undefined));
});
