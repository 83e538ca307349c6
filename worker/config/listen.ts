/** An address to listen on, as people write it: `127.0.0.1:9464`, `[::1]:9464`, `0.0.0.0:9464`. */

export interface ListenAddress {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
}

export const LISTEN_FORM = 'must be HOST:PORT, such as 127.0.0.1:9464 or [::1]:9464';

/** Undefined where it has another form. */
export function parseListen(text: string): ListenAddress | undefined {
  const [, bracketed, plain, digits = ''] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+)):(\d{1,5})$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host === undefined || port > 65_535 ? undefined : { host, port };
}
