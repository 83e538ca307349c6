/**
 * Keeps a page fresh while somebody looks at it, and tells what changed. It fetches the same page again and morphs the old
 * one into it; a form that somebody is at is left alone, so that nothing typed and no focus is lost. Nothing needs it.
 */
import { Idiomorph } from '/assets/idiomorph.js';

const main = document.getElementById('main');
const said = document.getElementById('said');
const fresh = document.getElementById('fresh');

/** Somebody's: a form that was typed into or came back refused, or that has the focus in it. */
function isKept(node) {
  if (!(node instanceof Element)) return false;
  const holdsWords = node.matches('[data-keep]') || node.querySelector('[data-keep]') !== null;
  const active = document.activeElement;
  const holdsFocus = active !== document.body && active !== main && node !== active && node.contains(active);
  return holdsWords || (holdsFocus && active.closest('form, summary') !== null) || node === active;
}

/** What a form was for is no more: it stays with its words, and says so. */
function tellStale(node) {
  const form = node.querySelector('form[data-keep]') ?? (node.matches('form') ? node : null);
  if (!form || form.querySelector('.stale')) return;
  const note = document.createElement('p');
  note.className = 'stale notice warn';
  note.textContent = 'This is not possible any more. What you typed is still here.';
  form.prepend(note);
}

const callbacks = {
  beforeNodeMorphed: (old) => !(old instanceof Element && old.matches('form.find, form[data-keep]')),
  beforeNodeRemoved(node) {
    if (!isKept(node)) return true;
    if (node instanceof Element) tellStale(node);
    return false;
  },
  // Whether it is open is the reader's to say.
  beforeAttributeUpdated: (name, node) => !(name === 'open' && node.matches('details')),
};

/** What each step, and the plan, says of itself. */
function wordsOf(root) {
  return new Map([...root.querySelectorAll('[data-says]')].map(({ dataset }) => [dataset.step, dataset.says]));
}

function tell(before, after) {
  const news = [...after]
    .filter(([step, words]) => before.get(step) !== words)
    .map(([step, words]) => `${step}: ${words}`);
  if (news.length > 0) said.textContent = news.slice(0, 5).join(', ');
}

async function look() {
  const answer = await fetch(main.dataset.refresh, { redirect: 'manual' });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('main');
  const before = wordsOf(main);
  Idiomorph.morph(main, next.innerHTML, {
    morphStyle: 'innerHTML',
    ignoreActiveValue: true,
    restoreFocus: true,
    callbacks,
  });
  main.dataset.every = next.dataset.every;
  tell(before, wordsOf(main));
}

let paused = false;

function tellFresh(words, isBad) {
  fresh.querySelector('span').textContent = words;
  fresh.classList.toggle('bad', isBad);
}

async function keepFresh() {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, Number(main.dataset.every)));
    if (paused || document.hidden) continue;
    try {
      await look();
      tellFresh(`As of ${new Date().toISOString().slice(11, 19)} UTC`, false);
    } catch {
      tellFresh('No fresh answer; what you see may be old', true);
    }
  }
}

function addPause() {
  fresh.append(document.createElement('span'), ' ');
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'quiet';
  button.id = 'pause';
  button.textContent = 'Pause updates';
  button.addEventListener('click', () => {
    paused = !paused;
    button.textContent = paused ? 'Go on with updates' : 'Pause updates';
    if (paused) tellFresh('Paused', false);
  });
  fresh.append(button);
}

document.addEventListener('input', ({ target }) => {
  const form = target.closest('details.act form');
  if (form) form.dataset.keep = 'typed';
});

// A second click must not send it twice.
document.addEventListener('submit', ({ target }) => {
  const button = target.querySelector('.buttons button');
  if (!button) return;
  target.dataset.keep = 'sent';
  setTimeout(() => {
    button.disabled = true;
    button.textContent = 'Sending…';
  });
});

if (main?.dataset.refresh && fresh) {
  addPause();
  tellFresh('Updates by itself', false);
  void keepFresh();
}
