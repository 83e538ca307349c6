/** PostgreSQL's own programs: those that are here, else Debian's package, else one error that names the ways. */
import { readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installPackages, isDebianAsRoot, isExecutable } from '../support/debian.js';

/** Where Debian and Ubuntu put them, a folder for each version; they are not on the PATH there. */
const DEBIAN_FOLDER = '/usr/lib/postgresql';

/** The schema that the server brings is named after the oldest version that it takes. */
const OLDEST = 12;

function versions(): readonly string[] {
  try {
    const found = readdirSync(DEBIAN_FOLDER).filter((name) => Number(name) >= OLDEST);
    return found.sort((a, b) => Number(b) - Number(a)).map((name) => join(DEBIAN_FOLDER, name, 'bin'));
  } catch {
    return [];
  }
}

function installed(): string | undefined {
  const folders = [...versions(), ...(process.env.PATH ?? '').split(delimiter)];
  return folders.find((folder) => ['initdb', 'postgres', 'psql'].every((name) => isExecutable(join(folder, name))));
}

/** The folder that holds `initdb`, `postgres` and `psql`. Installs them where that is possible and they are missing. */
export async function providePostgres(): Promise<string> {
  const told = process.env.POSTGRES_BIN;
  if (told !== undefined) {
    if (isExecutable(join(told, 'postgres'))) return told;
    throw new Error('POSTGRES_BIN must be the folder that holds initdb, postgres and psql.');
  }
  const there = installed();
  if (there) return there;
  if (isDebianAsRoot()) {
    process.stderr.write('There is no PostgreSQL: installing the package of Debian\n');
    await installPackages('postgresql');
    const now = installed();
    if (now) return now;
  }
  throw new Error(
    'No PostgreSQL was found. Install its server (Debian: apt-get install postgresql), or set POSTGRES_BIN to the folder with initdb, postgres and psql.',
  );
}
