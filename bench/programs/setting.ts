/** What the harness hands a program through the environment. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is missing: programs are started by the harness`);
  return value;
}
