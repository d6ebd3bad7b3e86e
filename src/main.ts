import { main } from './commands/main.ts';

// Without a listener Node opens a debugger on this signal, to anybody on the host. `run` checks now on it.
process.on('SIGUSR1', () => {});
// Before `run` listens, a request to reload would end it.
process.on('SIGHUP', () => {});
// A reader that goes away (`monitor_service --help | head -1`) is no error, and changes no exit status.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});
