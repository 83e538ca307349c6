/** The way in, where the board has a token. The token is typed into a form and stands nowhere else. */
import { html } from 'hono/html';
import { formTokenField, type Html, notice } from './page.js';

export function loginBody(formToken: string, wasWrong: boolean): Html {
  return html`<div class="login"><h1>Log in</h1>
${wasWrong ? html`<div role="alert" id="wrong">${notice('bad', html`<p>That is not the board’s token.</p>`)}</div>` : ''}
<form method="post" action="/login">${formTokenField(formToken)}
<div class="field"><label for="token">Token</label>
<input id="token" name="token" type="password" required autocomplete="current-password"${wasWrong ? html` aria-invalid="true" aria-describedby="wrong"` : ''} autofocus></div>
<div class="buttons"><button class="main">Log in</button></div></form>
<p class="soft">Whoever started the board knows it.</p></div>`;
}
