// One message: its bubble, its buttons, what can be done with it.

import { media } from './media.js';
import { $, clock, el, icon, moment, safe, tool } from './parts.js';
import { here, nameOf } from './state.js';
import { format } from './text.js';

export const summary = (m) => m.text || m.media?.file_name || { photo: 'Photo', voice: 'Voice message', video_note: 'Video note' }[m.media?.kind] || 'File';

/** drawMessage makes the node of m. how: {first, last, fresh}; acts: what a person can do, {reply, edit, forward, remove, press, command, goTo}. */
export function drawMessage(m, how, acts) {
  const mine = m.from === here.user, quoted = m.reply_to && here.messages.get(m.reply_to);
  const bubble = el('div', { className: 'bubble' },
    m.forwarded_from !== undefined && el('div', { className: 'fwd' }, `Forwarded from ${nameOf(m.forwarded_from)}`),
    m.reply_to && el('button', { type: 'button', className: 'quote', title: 'Go to that message', onclick: () => acts.goTo(m.reply_to) }, quoted ? summary(quoted) : 'Deleted message'),
    m.media && media(m.media),
    m.text && el('span', { className: 'body' }, ...format(m.text, m.entities, acts.command)),
    el('span', { className: 'meta' }, m.protected && el('span', { title: 'Protected: nobody may forward it' }, icon('lock')),
      m.edited && el('span', { className: 'edited', title: `Edited ${moment(m.edited)}` }, 'edited '), el('time', { dateTime: m.date, title: moment(m.date) }, clock(m.date))));
  const node = el('article', {
    id: `m${m.id}`, tabIndex: -1, 'aria-label': `${mine ? 'You' : nameOf(m.from)}, ${clock(m.date)}`,
    className: ['msg', mine && 'mine', how.first && 'first', how.last && 'last', how.fresh && 'new', m.media && 'with-media'].filter(Boolean).join(' '),
  },
  bubble,
  m.buttons?.length > 0 && el('div', { className: 'keys' }, ...m.buttons.map((row, r) => el('div', {}, ...row.map((b, c) => key(m, b, r, c, acts))))),
  el('div', { className: 'tools', role: 'group', 'aria-label': 'What to do with it' }, tool('reply', 'Reply', () => acts.reply(m)), tool('forward', 'Forward to the bot', () => acts.forward(m)),
    mine && tool('edit', 'Edit', () => acts.edit(m)), tool('bin', 'Delete for both', () => acts.remove(m))));
  bubble.addEventListener('click', (e) => {
    if (e.target.closest('a, button, audio, video')) return;
    document.querySelector(`.msg.open:not(#m${m.id})`)?.classList.remove('open');
    if (node.classList.toggle('open')) node.querySelector('.tools').scrollIntoView({ block: 'nearest' });
  });
  return node;
}

function key(m, b, row, column, acts) {
  const url = safe(b.url ?? b.web_app);
  if (url) return el('a', { className: 'key', href: url, target: '_blank', rel: 'noopener', title: url }, el('span', {}, b.text), icon(b.web_app ? 'app' : 'out'));
  return el('button', { type: 'button', className: 'key', onclick: async (e) => {
    const pressed = e.currentTarget;
    if (pressed.ariaBusy === 'true') return;
    pressed.ariaBusy = 'true';
    await acts.press(m, row, column);
    pressed.ariaBusy = null;
  } }, el('span', {}, b.text));
}

/** flash leads the eye to a message. */
export function flash(id) {
  const node = $(`m${id}`);
  if (!node) return false;
  node.scrollIntoView({ behavior: 'smooth', block: 'center' });
  node.classList.remove('flash');
  requestAnimationFrame(() => node.classList.add('flash'));
  return true;
}
