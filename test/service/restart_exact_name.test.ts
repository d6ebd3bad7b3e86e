import assert from 'node:assert/strict';
import { test } from 'node:test';
import { binary } from '../support/binary.ts';
import { runTool } from '../support/child.ts';
import { openStage } from './stage.ts';

/** In a PID namespace of its own, so that no shell of this host can be touched. */
const SCENE = `#!/bin/bash
cd "$1"
mkdir bin
for name in xsh shx sshd; do cp /bin/sleep bin/$name; bin/$name 600 & done
bash -c 'sleep 601; :' & bystander=$!
sh -c 'sleep 602; :' & victim=$!
tell() { for pid in $(ls /proc | grep '^[0-9]'); do
  [ -r /proc/$pid/comm ] && echo "$1 $(cat /proc/$pid/comm) $pid"; done | grep -E ' (sh|xsh|shx|sshd|bash) '; }
until tell x | grep -q ' sh '; do sleep 0.05; done
echo "victim $victim bystander $bystander"
tell before
"$2" run --once -c config.ini
echo "exit $?"
tell after
`;

test('only programs named exactly sh are touched, and neither bash, sshd nor the service itself', async (t) => {
  const stage = await openStage(t);
  stage.configure({
    processes: {
      default: { restart_strategy: 'process', stop_timeout: 1, health_check_stable_time: 0 },
    },
  });
  stage.inAlarm('sh', 'monitor_service');
  const scene = stage.space.script('scene', SCENE);
  const namespace = ['--pid', '--fork', '--kill-child', '--mount-proc'];
  const said = await runTool('unshare', [...namespace, scene, stage.space.path(), binary]);
  const [, victim, bystander] = /^victim (\d+) bystander (\d+)$/m.exec(said) ?? [];

  const [before, after] = ['before', 'after'].map((when) => seen(said, when));
  assert.equal(before?.get(victim as string), 'sh');
  assert.equal(before?.get(bystander as string), 'bash');
  assert.deepEqual([...(before ?? [])].map(([, name]) => name).sort(), [
    'bash',
    'sh',
    'shx',
    'sshd',
    'xsh',
  ]);
  const untouched = (table?: Map<string, string>) =>
    [...(table ?? [])].filter(([, name]) => name !== 'sh');
  assert.deepEqual(untouched(after), untouched(before));
  const shells = [...(after ?? [])].filter(([, name]) => name === 'sh');
  assert.equal(shells.length, 1, said);
  assert.notEqual(shells[0]?.[0], victim);
  assert.ok(said.includes('Alarm cleared for sh (ID: 1)'), said);
  assert.ok(said.includes('Process name refused: "monitor_service" (ID: 2)'), said);
  assert.ok(said.includes('\nexit 1\n'), said);
});

function seen(said: string, when: string): Map<string, string> {
  const lines = said.matchAll(new RegExp(`^${when} (\\S+) (\\d+)$`, 'gm'));
  return new Map([...lines].map(([, name = '', pid = '']) => [pid, name]));
}
