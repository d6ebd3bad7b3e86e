import { userInfo } from 'node:os';

const STANDARD_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const PASSED_ON = /^(LANG|LANGUAGE|LC_[A-Z]+|TZ)$/;

/** The directories to look for programs in; relative ones are left out, as they would follow the caller. */
export function searchPath(): string {
  const directories = (process.env.PATH ?? '').split(':').filter((entry) => entry.startsWith('/'));
  return directories.length > 0 ? directories.join(':') : STANDARD_PATH;
}

/**
 * The environment of every command: made anew, not inherited, so that neither a secret of the service
 * nor what systemd tells it alone (NOTIFY_SOCKET, CREDENTIALS_DIRECTORY) reaches a child.
 */
export function childEnvironment(): Record<string, string> {
  const passedOn = Object.entries(process.env).filter(([name]) => PASSED_ON.test(name));
  return {
    ...(Object.fromEntries(passedOn) as Record<string, string>),
    PATH: searchPath(),
    SHELL: '/bin/sh',
    ...identity(),
  };
}

function identity(): Record<string, string> {
  try {
    const { username, homedir } = userInfo();
    return { HOME: homedir, USER: username, LOGNAME: username };
  } catch {
    return { HOME: '/' }; // a user id that nobody has named
  }
}
