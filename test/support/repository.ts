import { join } from 'node:path';

/** The top folder of the repository. */
export const repository = join(import.meta.dirname, '../..');
