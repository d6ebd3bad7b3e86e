// Packs idle.cjs by the very step that packs the service: pack_idle.mjs FILE
import { copyFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { host, packBinary } from '../../rpm/pack.mjs';

const binary = process.argv[2];
const bundle = join(dirname(binary), 'idle.cjs');
copyFileSync(join(import.meta.dirname, 'idle.cjs'), bundle);
host.binary = binary;
await packBinary(bundle, host);
