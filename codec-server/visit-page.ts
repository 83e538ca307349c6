/** The one page of the codec server: a form for its token, and what is to be set in the Temporal UI afterwards. */
import { html } from 'hono/html';
import type { Level } from '../board/sessions.js';

export function visitPage(formToken: string, level: Level, said: 'nothing' | 'wrong'): ReturnType<typeof html> {
  const hidden = html`<input type="hidden" name="formToken" value="${formToken}">`;
  const inside = html`<p id="state">This browser may read encrypted payloads until the codec server ends, or twelve hours after it last did.</p>
<p>In the Temporal UI, under the codec server's settings: this address as endpoint, and “Include cross-origin credentials”.</p>
<form method="post" action="/logout">${hidden}<button>Log out</button></form>`;
  const outside = html`${said === 'wrong' ? html`<p role="alert">That is not the codec server's token.</p>` : ''}
<form method="post" action="/login">${hidden}
<p><label for="token">Token</label> <input id="token" name="token" type="password" required autofocus autocomplete="current-password">
<button>Log in</button></p></form>`;
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Codec server · provisioner</title></head>
<body><main><h1>Codec server</h1>
${level === 'operator' ? inside : outside}
</main></body></html>`;
}
