// The first step of the build, which the packages share: everything in one file, without what packages bring along for others.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import tls from 'node:tls';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

const TLS = 'tls-at-first-use';
const ENCODINGS = fileURLToPath(new URL('encodings.mjs', import.meta.url));

/** What stands in place of files of packages, by their path in node_modules. */
const REDUCED = {
  // One connection: no pools and clusters of them, no server, no promises.
  'mysql2/index.js': () => "exports.createConnection = require('./lib/create_connection.js');",
  // With `disableEval` no code is made from what a server sends; so what would make it stays out.
  'mysql2/lib/parsers/binary_parser.js': () => '',
  'mysql2/lib/parsers/text_parser.js': () => '',
  // The certificates of a hosting company, for those who ask for them by its name.
  'mysql2/lib/constants/ssl_profiles.js': () => '',
  'mysql2/lib/constants/errors.js': (file) => `module.exports = ${errorNames(file)};`,
};

/**
 * Makes the bundle of the sources in `root`.
 * @returns the folders of the packages that it has code of: whoever ships it ships their licenses
 */
export async function makeBundle(root, bundle, version) {
  const unmet = new Set(Object.keys(REDUCED));
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['src/main.ts'],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minifySyntax: true,
    minifyWhitespace: true,
    lineLimit: 200, // a crash is told with the line it happened in
    legalComments: 'none',
    logLevel: 'warning',
    preserveSymlinks: true, // the bundle names files by where they are in node_modules, and by nothing else
    define: { __VERSION__: JSON.stringify(version) },
    alias: { 'iconv-lite': ENCODINGS },
    plugins: [
      { name: 'reduce packages', setup: (esbuild) => reducePackages(esbuild, unmet) },
      { name: 'TLS at first use', setup: loadTlsAtFirstUse },
    ],
    metafile: true,
  });
  if (unmet.size > 0) {
    throw new Error(`no such files in node_modules: ${[...unmet].join(', ')}`);
  }
  return packagesIn(metafile);
}

/** Names of our own stay as they are, for the traces of a crash; those of packages get short. */
function reducePackages(esbuild, unmet) {
  esbuild.onLoad({ filter: /\/node_modules\/.*\.[cm]?js$/ }, async ({ path }) => {
    const inPackages = path.slice(path.lastIndexOf('/node_modules/') + '/node_modules/'.length);
    const reduce = Object.hasOwn(REDUCED, inPackages) ? REDUCED[inPackages] : undefined;
    unmet.delete(inPackages);
    const source = reduce ? reduce(path) : readFileSync(path, 'utf8');
    const { code } = await transform(source, { minify: true, legalComments: 'none' });
    return { contents: code, loader: 'js' };
  });
}

/** mysql2 asks for Node's TLS as it is loaded; most servers are on this host, behind a socket, and need none. */
function loadTlsAtFirstUse(esbuild) {
  esbuild.onResolve({ filter: /^(?:node:)?tls$/ }, ({ namespace }) =>
    namespace === TLS ? { path: 'tls', external: true } : { path: 'tls', namespace: TLS },
  );
  esbuild.onLoad({ filter: /.*/, namespace: TLS }, () => {
    const getters = Object.keys(tls).map((name) => `get ${name}(){return require('tls').${name}}`);
    return { contents: `module.exports={${getters.join(',')}};`, loader: 'js' };
  });
}

/** The names of errors by their numbers; nobody asks for a number by its name. */
function errorNames(file) {
  const errors = Object.entries(createRequire(file)(file));
  return JSON.stringify(Object.fromEntries(errors.filter(([key]) => Number(key) > 0)));
}

function packagesIn({ outputs }) {
  const files = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const folders = files
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  return [...new Set(folders.filter((folder) => folder !== undefined))].sort();
}
