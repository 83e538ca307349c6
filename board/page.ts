/** The frame of every page: its head, the way around it, and the region that tells changes to who cannot see them. */
import { html } from 'hono/html';
import { VERSION } from '../contract/version.js';

export type Html = ReturnType<typeof html>;

export interface Frame {
  readonly title: string;
  readonly body: Html;
  /** What the page is of: which server. Missing for whoever is not let in yet. */
  readonly place?: { readonly address: string; readonly namespace: string };
  /** For a page that changes: its own address, and how long to wait between two looks. */
  readonly refresh?: { readonly url: string; readonly everyMs: number };
  /** The hidden field for the form that logs out; missing where there is nothing to log out of. */
  readonly logout?: Html;
}

export function page({ title, body, place, refresh, logout }: Frame): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · provisioner</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/board.css">
<script type="module" src="/assets/board.js"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<div class="wrap bar">
<a class="brand" href="/"><img src="/assets/icon.svg" width="22" height="22" alt=""> provisioner board</a>
${place ? html`<span class="place">${place.namespace} <span class="at">at</span> ${place.address}</span>` : ''}
${logout ? html`<form method="post" action="/logout">${logout}<button class="quiet">Log out</button></form>` : ''}
</div>
</header>
<main id="main" tabindex="-1" class="wrap"${refresh ? html` data-refresh="${refresh.url}" data-every="${refresh.everyMs}"` : ''}>
${body}
</main>
<div id="said" class="unseen" role="status" aria-live="polite"></div>
<footer class="wrap foot">
<p>temporal-provisioner ${VERSION}</p>
${refresh ? html`<p id="fresh" class="fresh"></p><noscript><p><a href="${refresh.url}">Look again</a></p></noscript>` : ''}
</footer>
</body>
</html>`;
}

export function notice(tone: 'info' | 'warn' | 'bad' | 'good', body: Html): Html {
  return html`<div class="notice ${tone}">${body}</div>`;
}

/** A table that is wider than a narrow window scrolls by itself, with the keyboard, too. */
export function wide(label: string, table: Html): Html {
  return html`<div class="wide" role="group" aria-label="${label}" tabindex="0">${table}</div>`;
}

export function formTokenField(token: string): Html {
  return html`<input type="hidden" name="formToken" value="${token}">`;
}
