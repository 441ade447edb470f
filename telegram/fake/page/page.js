// The chat page: a small messenger on the control API of the fake Telegram. This
// file chooses who one is and what is open, and keeps asking for news of it.

import { followChannel } from './channel.js';
import { editLast, followChat, openChat } from './chat.js';
import { forgetThumbs } from './media.js';
import { $, api, complain, count, el, rest } from './parts.js';
import { botOf, channelOf, here, loadInfo, nameOf, userName } from './state.js';
import { block, keys, openLine } from './write.js';

let stop = new AbortController(); // ends the following of the open place

// ——— the side ———

function drawSide() {
  const { info } = here, [first, ...helpers] = info.bots;
  $('user').replaceChildren(...info.users.map((u) => el('option', { value: u.id, selected: u.id === here.user }, userName(u))));
  $('bots').replaceChildren(...(first ? [entry('bot', first.id, `@${first.username}`, [first.revoked ? 'its token is revoked' : 'keeps your files'], first.username)] : []));
  $('helpers').replaceChildren(...helpers.map((b) => entry('bot', b.id, `@${b.username}`, [b.revoked ? 'its token is revoked' : 'does not chat'], b.username)));
  $('helperbox').hidden = !helpers.length;
  $('helpercount').textContent = count(helpers.length, 'helper bot');
  $('channels').replaceChildren(...info.channels.map((c) => entry('channel', c.id, c.title, ['what the bots have stored', c.protected && 'protected'], c.title)));
  $('foot').textContent = `Seed ${info.seed} · data centres ${[...new Set(info.dcs.map((d) => d.id))].join(', ')}`;
  markCurrent();
}

function face(node, id, name) {
  node.textContent = /\d+/.exec(name)?.[0] ?? [...name][0]?.toUpperCase() ?? '?';
  node.style.setProperty('--hue', String((Number(id) * 137) % 360));
  return node;
}

function entry(kind, id, title, facts, name) {
  return el('li', {}, el('button', { type: 'button', 'data-place': `${kind}=${id}`, onclick: () => go(kind, id) },
    face(el('span', { className: 'face', 'aria-hidden': 'true' }), id, name),
    el('span', {}, el('b', {}, title), el('small', {}, facts.filter(Boolean).join(' · ')))));
}

function markCurrent() {
  for (const b of document.querySelectorAll('[data-place]')) {
    const current = here.place && b.dataset.place === `${here.place.kind}=${here.place.id}`;
    current ? b.setAttribute('aria-current', 'true') : b.removeAttribute('aria-current');
    if (current && b.closest('details')) b.closest('details').open = true;
  }
}

// ——— what is open ———

// The place stands in the address, so that reload and Back work, and each tab may
// be somebody else.
const go = (kind, id) => { location.hash = `${kind}=${id}&user=${here.user}`; };

function route() {
  const want = new URLSearchParams(location.hash.slice(1));
  if (here.info.users.some((u) => u.id === Number(want.get('user')))) here.user = Number(want.get('user'));
  $('user').value = String(here.user);
  for (const kind of ['bot', 'channel']) if (want.has(kind)) return open(kind, Number(want.get(kind)));
  if (matchMedia('(min-width: 761px)').matches && here.info.bots[0]) return open('bot', here.info.bots[0].id);
  stop.abort();
  here.place = null;
  document.body.dataset.view = 'list';
}

function open(kind, id) {
  stop.abort();
  stop = new AbortController();
  here.place = { kind, id };
  document.body.dataset.view = 'talk';
  const chat = kind === 'bot', name = chat ? botOf(id)?.username : channelOf(id)?.title;
  $('title').textContent = chat ? `@${name ?? id}` : name ?? id;
  $('subtitle').textContent = chat ? `you are ${nameOf(here.user)}` : 'the storage channel, to read only';
  face($('face'), id, name ?? '?');
  document.title = `${$('title').textContent} · Fake Telegram`;
  $('composer').hidden = $('chatmenubutton').hidden = !chat;
  $('blocked').hidden = true;
  $('login').hidden = !chat || id !== here.info.bots[0]?.id;
  $('login').href = `/login?user=${here.user}&bot=${id}`;
  $('log').replaceChildren();
  $('toend').hidden = true;
  markCurrent();
  openChat();
  if (chat) openLine();
  follow(chat ? followChat : followChannel, chat ? 0 : 2000, stop.signal);
}

/** follow asks for news until it is stopped. When the fake was away it may be another world: all is read anew. */
async function follow(once, pause, signal) {
  for (let first = true, lost = false; !signal.aborted; first = false) {
    try {
      if (lost) return await begin();
      lost = await once(signal, first) === 'anew';
      if (!lost) await rest(pause, signal);
    } catch (err) {
      if (signal.aborted) return;
      const refused = err.status < 500; // by a world that does not know this chat, or no more
      if (refused && first) return $('log').replaceChildren(el('div', { className: 'nothing' }, el('b', {}, 'There is no such chat'), 'Choose another one.'));
      $('lost').hidden = refused;
      lost = true;
      await rest(1000, signal);
    }
  }
}

async function begin() {
  await loadInfo();
  $('lost').hidden = true;
  forgetThumbs();
  drawSide();
  route();
}

// ——— begin ———

$('user').addEventListener('change', () => {
  here.user = Number($('user').value);
  if (here.place) go(here.place.kind, here.place.id);
});
$('adduser').addEventListener('click', () => { $('newname').value = ''; $('person').returnValue = ''; $('person').showModal(); });
$('person').addEventListener('close', async () => {
  const name = $('newname').value.trim();
  if ($('person').returnValue !== 'add' || !name) return;
  const [first_name, ...rest] = name.split(/\s+/);
  try {
    const made = await api('POST', '/users', { first_name, last_name: rest.join(' ') || undefined });
    await loadInfo();
    here.user = made.id;
    drawSide();
    if (here.info.bots[0]) go('bot', here.info.bots[0].id);
  } catch (err) { complain(err); }
});
$('block').addEventListener('click', () => { $('chatmenu').hidePopover(); block(!$('block').dataset.blocked); });
$('unblock').addEventListener('click', () => block(false));
$('back').addEventListener('click', () => { location.hash = ''; });
for (const b of document.querySelectorAll('[data-close]')) b.addEventListener('click', () => b.closest('dialog').close(''));
addEventListener('hashchange', route);
for (const button of document.querySelectorAll('[popovertarget]')) { // a menu opens above or below its button
  const menu = $(button.getAttribute('popovertarget'));
  menu.addEventListener('toggle', (e) => {
    button.ariaExpanded = String(e.newState === 'open');
    if (e.newState !== 'open') return;
    const b = button.getBoundingClientRect(), high = menu.offsetHeight;
    menu.style.left = `${Math.max(8, Math.min(b.right - menu.offsetWidth, innerWidth - menu.offsetWidth - 8))}px`;
    menu.style.top = `${b.top > high + 16 ? b.top - high - 6 : b.bottom + 6}px`;
    menu.querySelector('button')?.focus();
  });
}
keys(editLast);

for (;;) {
  try { await begin(); break; } catch { $('lost').hidden = false; await rest(1000); }
}
