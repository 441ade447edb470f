// Where one writes: the line, the list of commands, what is answered or edited.
// A text that was not sent stays with its chat, over a reload too.

import { toEnd } from './log.js';
import { $, api, complain, el, toast } from './parts.js';
import { botOf, chatPath, here, nameOf } from './state.js';

let about = null; // {edit | reply: Message}
let chat = ''; // whose draft is in the line

const line = $('text');
const draft = () => `draft:${chat}`;
const kept = { get: (k) => { try { return localStorage.getItem(k) ?? ''; } catch { return ''; } }, set: (k, v) => { try { v ? localStorage.setItem(k, v) : localStorage.removeItem(k); } catch { /* it is lost with the page then */ } } };

function fill(text) {
  line.value = text;
  grow();
}

function grow() {
  line.style.height = 'auto';
  line.style.height = `${line.scrollHeight + 2}px`;
}

export function openLine() {
  chat = `${here.user}/${here.place.id}`;
  about = null;
  $('about').hidden = true;
  hideCommands();
  fill(kept.get(draft()));
  focusLine();
}

/** focusLine lets one write on. On a phone it would raise the keyboard, so there it is left alone. */
export function focusLine() {
  if (matchMedia('(hover: hover)').matches) line.focus();
}

/** setAbout says what the next message is about; null = nothing. */
export function setAbout(a, summary) {
  if (about?.edit) fill(kept.get(draft()));
  about = a;
  $('about').hidden = !a;
  if (!a) return;
  $('aboutwhat').textContent = a.edit ? 'Edit your message' : `Reply to ${nameOf(a.reply.from)}`;
  $('abouttext').textContent = summary;
  if (a.edit) fill(a.edit.text);
  line.focus();
}

/** takeReply is the id of the message that is answered, once. */
export function takeReply() {
  const id = about?.reply?.id;
  if (id) setAbout(null);
  return id;
}

export function setBlocked(blocked) {
  $('blocked').hidden = !blocked;
  $('block').textContent = blocked ? 'Let the bot write again' : 'Block the bot';
  $('block').dataset.blocked = blocked ? 'yes' : '';
}

export async function block(blocked) {
  try {
    await api('PATCH', chatPath(), { blocked });
    setBlocked(blocked);
  } catch (err) { complain(err); }
}

export async function sendText(text) {
  const a = about;
  try {
    if (a?.edit) await api('PATCH', `${chatPath()}/messages/${a.edit.id}`, { text });
    else await api('POST', `${chatPath()}/messages`, { text, reply_to: a?.reply.id });
    if (about === a) setAbout(null);
    if (!a?.edit) toEnd();
    return true;
  } catch (err) { complain(err); return false; }
}

$('composer').addEventListener('submit', async (e) => {
  e.preventDefault();
  const text = line.value.trim(), editing = about?.edit, from = chat;
  if (!text && !editing?.media) return;
  hideCommands();
  if (!editing) { kept.set(draft(), ''); fill(''); }
  if (await sendText(text) || editing) return;
  kept.set(`draft:${from}`, text); // not sent: it is there to be sent again
  if (chat === from && !line.value) fill(text);
});

// ——— commands ———

let offered = [], chosen = -1, asked = 0;

export function hideCommands() {
  asked++;
  offered = [];
  $('commands').hidden = true;
  line.setAttribute('aria-expanded', 'false');
  line.removeAttribute('aria-activedescendant');
}

async function offerCommands(prefix) {
  const mine = ++asked;
  if ($('commands').hidden) try { here.info.bots = (await api('GET', '/info')).bots; } catch { /* the ones known from before do */ }
  if (mine !== asked) return; // the text has gone on
  offered = (botOf(here.place?.id)?.commands ?? []).filter((c) => c.command.startsWith(prefix));
  $('commands').hidden = !offered.length;
  line.setAttribute('aria-expanded', String(offered.length > 0));
  $('commands').replaceChildren(...offered.map((c, i) => el('li', { id: `command${i}`, role: 'option', onclick: () => take(i, true) }, el('b', {}, `/${c.command}`), el('span', {}, c.description))));
  choose(offered.length ? 0 : -1);
  if (!offered.length && !prefix && line.value !== '/') toast('This bot has set no commands yet. It does when it runs.');
}

function choose(i) {
  chosen = i;
  [...$('commands').children].forEach((li, n) => li.setAttribute('aria-selected', String(n === i)));
  if (i < 0) return line.removeAttribute('aria-activedescendant');
  line.setAttribute('aria-activedescendant', `command${i}`);
  $('commands').children[i].scrollIntoView({ block: 'nearest' });
}

function take(i, send) {
  const command = `/${offered[i].command}`;
  hideCommands();
  if (send) sendText(command);
  fill(send ? '' : `${command} `);
  kept.set(draft(), line.value);
  line.focus();
}

line.addEventListener('input', () => {
  grow();
  if (!about?.edit) kept.set(draft(), line.value);
  const m = /^\/(\w*)$/.exec(line.value);
  if (m && !about?.edit) offerCommands(m[1]); else hideCommands();
});

/** Keys of the line; up is what ArrowUp does in an empty one. */
export function keys(up) {
  line.addEventListener('keydown', (e) => {
    if (offered.length && (e.key === 'ArrowDown' || e.key === 'ArrowUp')) {
      e.preventDefault();
      choose((chosen + (e.key === 'ArrowDown' ? 1 : offered.length - 1)) % offered.length);
    } else if (offered.length && e.key === 'Tab' && !e.shiftKey) { e.preventDefault(); take(chosen, false);
    } else if (offered.length && e.key === 'Enter') { e.preventDefault(); take(chosen, true);
    } else if (e.key === 'Escape') { if (!$('commands').hidden) hideCommands(); else setAbout(null);
    } else if (e.key === 'ArrowUp' && !line.value && !about) { e.preventDefault(); up();
    } else if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) { e.preventDefault(); $('composer').requestSubmit(); }
  });
}

$('menu').addEventListener('click', () => $('commands').hidden ? offerCommands('') : hideCommands());
$('aboutoff').addEventListener('click', () => { setAbout(null); line.focus(); });
addEventListener('click', (e) => { if (!$('commands').hidden && !e.target.closest('#commands, #menu, #text')) hideCommands(); });
