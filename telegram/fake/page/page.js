// The chat page: a small messenger on the control API of the fake Telegram. It
// builds every node by hand and never parses a text as markup.

import { kindOf, upload } from './files.js';
import { $, api, bytes, calendar, clock, complain, el, facts, icon, icons, label, rest, safe, toast } from './parts.js';

// ——— what is on screen ———

let info = { bots: [], users: [], channels: [] };
let user = 0;
let place = null; // {kind: 'bot' | 'channel', id}
let messages = new Map(); // of the open chat, by id
let rev = 0;
let stop = new AbortController(); // ends the polling of the open place
let about = null; // {edit | reply: Message}
const seen = new Set(); // query ids whose answer was shown
const bare = new Set(); // documents without a thumbnail

const chatPath = () => `/users/${user}/chats/${place.id}`;
const userName = (u) => [u.first_name, u.last_name].filter(Boolean).join(' ');

function nameOf(id) {
  if (typeof id === 'string') return id;
  const bot = info.bots.find((b) => b.id === id), person = info.users.find((u) => u.id === id);
  return bot ? `@${bot.username}` : person ? userName(person) : info.channels.find((c) => c.id === id || c.peer_id === id)?.title ?? String(id);
}

async function loadInfo() {
  info = await api('GET', '/info');
  if (!info.users.some((u) => u.id === user)) user = info.users[0]?.id ?? 0;
  $('user').replaceChildren(...info.users.map((u) => el('option', { value: u.id, selected: u.id === user }, userName(u))));
  $('bots').replaceChildren(...info.bots.map((b, i) => entry('bot', b.id, `@${b.username}`, [i ? 'helper' : 'main bot', b.id, `DC ${b.dc}`, b.revoked && 'revoked'], b.username)));
  $('channels').replaceChildren(...info.channels.map((c) => entry('channel', c.id, c.title, [String(c.peer_id), c.protected && 'protected'], c.title)));
  $('foot').textContent = `Seed ${info.seed} · ${info.dcs.map((d) => `DC ${d.id}${d.media_only ? ' media' : ''}`).join(', ')}`;
}

function face(node, id, name) {
  node.textContent = /\d+/.exec(name)?.[0] ?? [...name][0]?.toUpperCase() ?? '?';
  node.style.setProperty('--hue', String((Number(id) * 137) % 360));
  return node;
}

function entry(kind, id, title, facts, name) {
  const current = place?.kind === kind && place.id === id;
  return el('li', {}, el('button', { type: 'button', 'aria-current': current ? 'true' : undefined, onclick: () => go(kind, id) },
    face(el('span', { className: 'face' }), id, name),
    el('span', {}, el('b', {}, title), el('small', {}, facts.filter(Boolean).join(' · ')))));
}

// The place stands in the address, so that reload and Back work.
const go = (kind, id) => { location.hash = `${kind}=${id}&user=${user}`; };

function route() {
  const want = new URLSearchParams(location.hash.slice(1));
  if (info.users.some((u) => u.id === Number(want.get('user')))) user = Number(want.get('user'));
  $('user').value = String(user);
  for (const kind of ['bot', 'channel']) if (want.has(kind)) return open(kind, Number(want.get(kind)));
  if (matchMedia('(min-width: 761px)').matches && info.bots[0]) return open('bot', info.bots[0].id);
  stop.abort();
  place = null;
  document.body.dataset.view = 'list';
}

function open(kind, id) {
  stop.abort();
  stop = new AbortController();
  place = { kind, id };
  messages = new Map();
  drawn = new Map();
  rev = 0;
  setAbout(null);
  document.body.dataset.view = 'talk';
  const bot = info.bots.find((b) => b.id === id), channel = info.channels.find((c) => c.id === id);
  $('title').textContent = kind === 'bot' ? `@${bot?.username ?? id}` : channel?.title ?? id;
  $('subtitle').textContent = kind === 'bot' ? `you are ${nameOf(user)}` : 'storage channel, read only';
  face($('face'), id, kind === 'bot' ? bot?.username ?? '?' : channel?.title ?? '?');
  document.title = `${$('title').textContent} · Fake Telegram`;
  $('composer').hidden = kind !== 'bot';
  $('login').hidden = kind !== 'bot' || id !== info.bots[0]?.id;
  $('login').href = `/login?user=${user}&bot=${id}`;
  for (const list of [$('bots'), $('channels')]) for (const b of list.querySelectorAll('button')) b.removeAttribute('aria-current');
  $(kind === 'bot' ? 'bots' : 'channels').children[(kind === 'bot' ? info.bots : info.channels).findIndex((x) => x.id === id)]?.firstChild.setAttribute('aria-current', 'true');
  $('log').replaceChildren();
  poll(kind === 'bot' ? pollChat : pollChannel, stop.signal);
}

async function poll(once, signal) {
  for (let first = true; !signal.aborted; first = false) {
    try {
      await once(signal, first);
      $('lost').hidden = true;
    } catch (err) {
      if (signal.aborted) return;
      if (err.status) { $('log').replaceChildren(el('p', { className: 'nothing' }, el('b', {}, 'Not here'), err.message)); return; }
      $('lost').hidden = false;
      await rest(1000, signal);
    }
  }
}

async function pollChat(signal, first) {
  const news = await api('GET', `${chatPath()}?after_rev=${rev}&wait=${first ? 0 : 20}s`, undefined, signal);
  if (news.rev < rev) { // the world was reset
    for (const known of [messages, drawn, bare, seen]) known.clear();
    rev = 0;
    await loadInfo();
    drawChat(true, new Set());
    return;
  }
  const changed = first || news.rev > rev;
  rev = news.rev;
  for (const m of news.messages) messages.set(m.id, m);
  for (const id of news.deleted) messages.delete(id);
  for (const a of news.answers) first ? seen.add(a.query_id) : showAnswer(a.query_id, a);
  if (changed) drawChat(first, new Set(first ? [] : news.messages.map((m) => m.id)));
}

let drawnChannel = '';
async function pollChannel(signal, first) {
  const page = await api('GET', `/channels/${place.id}/messages`, undefined, signal);
  const text = JSON.stringify(page);
  if (first || text !== drawnChannel) drawChannel(page.messages, first);
  drawnChannel = text;
  await rest(2000, signal);
}

// ——— a conversation ———

let drawn = new Map(); // by message id: what was drawn, and how

function drawChat(first, fresh) {
  const list = [...messages.values()].sort((a, b) => a.id - b.id), nodes = [], kept = new Map();
  let day = '';
  list.forEach((m, i) => {
    const d = calendar.format(new Date(m.date)), starts = list[i - 1]?.from !== m.from, ends = list[i + 1]?.from !== m.from;
    if (d !== day) nodes.push(el('div', { className: 'day' }, day = d));
    const how = [m.rev, starts, ends, messages.get(m.reply_to)?.rev].join();
    const before = drawn.get(m.id);
    kept.set(m.id, before?.how === how ? before : { how, node: message(m, starts, ends, fresh.has(m.id)) });
    nodes.push(kept.get(m.id).node);
  });
  drawn = kept;
  if (!list.length) {
    nodes.push(el('div', { className: 'nothing' }, el('b', {}, 'No messages yet'), 'Say hello, or drop a film here and see where it goes.',
      el('br'), el('button', { type: 'button', className: 'solid', onclick: () => sendText('/start') }, 'Start')));
  }
  show(nodes, first);
}

/** show puts nodes into the log and leaves those alone that stand there already. */
function show(nodes, toEnd) {
  const log = $('log');
  nodes.forEach((n, i) => { if (log.children[i] !== n) log.insertBefore(n, log.children[i] ?? null); });
  while (log.children.length > nodes.length) log.lastChild.remove();
  if (toEnd) atEnd = true;
  stick();
}

// Who has read to the end stays there when something grows.
let atEnd = true;
const stick = () => { if (atEnd) $('scroll').scrollTop = $('scroll').scrollHeight; };
$('scroll').addEventListener('scroll', () => { const s = $('scroll'); atEnd = s.scrollHeight - s.scrollTop - s.clientHeight < 80; });
const grows = new ResizeObserver(stick);
for (const id of ['scroll', 'log', 'uploads']) grows.observe($(id));

function message(m, first, last, fresh) {
  const mine = m.from === user;
  const quoted = m.reply_to && messages.get(m.reply_to);
  const bubble = el('div', { className: 'bubble' },
    m.forwarded_from !== undefined && el('div', { className: 'fwd' }, `Forwarded from ${nameOf(m.forwarded_from)}`),
    m.reply_to && el('button', { type: 'button', className: 'quote', onclick: () => $(`m${m.reply_to}`)?.scrollIntoView({ behavior: 'smooth', block: 'center' }) }, quoted ? summary(quoted) : 'Deleted message'),
    m.media && media(m.media),
    m.text && el('span', { className: 'body' }, ...format(m.text, m.entities)),
    el('span', { className: 'meta' }, `${m.edited ? 'edited ' : ''}${clock.format(new Date(m.date))}`));
  const tool = (name, label, act) => el('button', { type: 'button', title: label, 'aria-label': label, onclick: act }, icon(name));
  const node = el('div', { id: `m${m.id}`, className: `msg${mine ? ' mine' : ''}${first ? ' first' : ''}${last ? ' last' : ''}${fresh ? ' new' : ''}` },
    bubble,
    m.buttons?.length > 0 && el('div', { className: 'keys' }, ...m.buttons.map((row, r) => el('div', {}, ...row.map((b, c) => key(m, b, r, c))))),
    el('div', { className: 'tools' }, tool('reply', 'Reply', () => setAbout({ reply: m })),
      mine && tool('edit', 'Edit', () => setAbout({ edit: m })),
      tool('bin', 'Delete', () => api('DELETE', `${chatPath()}/messages/${m.id}`).catch(complain))));
  bubble.addEventListener('click', (e) => { if (!e.target.closest('a, button')) node.classList.toggle('open'); });
  return node;
}

const summary = (m) => m.text || m.media?.file_name || m.media?.kind || '';

function key(m, b, row, column) {
  const url = safe(b.url ?? b.web_app);
  if (url) return el('a', { className: 'key', href: url, target: '_blank', rel: 'noopener' }, b.text, icon('out'));
  return el('button', { type: 'button', className: 'key', onclick: async (e) => {
    const pressed = e.currentTarget;
    pressed.setAttribute('aria-busy', 'true');
    try {
      const got = await api('POST', `${chatPath()}/press`, { message_id: m.id, row, column, wait: '10s' });
      if (got.answered) showAnswer(got.query_id, got.answer);
      else if (got.answered === false) toast('The bot did not answer in time.');
    } catch (err) { complain(err); }
    pressed.removeAttribute('aria-busy');
  } }, b.text);
}

function showAnswer(query, a) {
  if (seen.has(query)) return;
  seen.add(query);
  if (a.text && a.alert) { $('alerttext').textContent = a.text; $('alert').showModal(); } else if (a.text) toast(a.text);
  if (safe(a.url)) window.open(a.url, '_blank', 'noopener');
}

// format cuts a text where runs begin and end, and wraps each piece in all that cover it.
function format(text, entities = []) {
  const runs = [...found(text).filter((f) => !entities.some((e) => e.offset < f.offset + f.length && f.offset < e.offset + e.length && !tags[e.type])), ...entities];
  const cuts = [...new Set([0, text.length, ...runs.flatMap((e) => [e.offset, e.offset + e.length])])].filter((n) => n >= 0 && n <= text.length).sort((a, b) => a - b);
  return cuts.slice(0, -1).map((from, i) => {
    let node = document.createTextNode(text.slice(from, cuts[i + 1]));
    for (const e of runs) if (e.offset <= from && e.offset + e.length >= cuts[i + 1]) node = wrap(e, node, text.slice(e.offset, e.offset + e.length));
    return node;
  });
}

function found(text) {
  return [...text.matchAll(/https?:\/\/[^\s<>"]+|(?<![^\s(])\/[a-z]\w*/gi)].map((m) => ({ type: m[0][0] === '/' ? 'bot_command' : 'url', offset: m.index, length: m[0].length }));
}

const tags = { bold: 'b', italic: 'i', underline: 'u', strikethrough: 's', strike: 's', code: 'code', pre: 'pre', blockquote: 'blockquote' };
function wrap(e, node, text) {
  if (tags[e.type]) return el(tags[e.type], {}, node);
  if (e.type === 'spoiler') return el('span', { className: 'spoiler', tabIndex: 0 }, node);
  if (e.type === 'bot_command') return el('button', { type: 'button', className: 'command', onclick: () => sendText(text) }, node);
  const url = safe(e.type === 'text_link' || e.type === 'text_url' ? e.url : e.type === 'url' ? text : '');
  return url ? el('a', { href: url, target: '_blank', rel: 'noopener' }, node) : node;
}

const thumbed = new Set(['video', 'animation', 'video_note', 'document', 'audio']);
const link = (s) => `/v1/documents/${s.document_id}/bytes`;

function media(s) {
  const shown = s.kind === 'photo' ? link(s) : thumbed.has(s.kind) && !bare.has(s.document_id) && `/thumbs/${s.document_id}`;
  const name = s.file_name || label[s.kind] || s.kind;
  return el('div', {},
    shown && el('a', { className: 'view', href: link(s), target: '_blank', rel: 'noopener' }, el('img', { src: shown, alt: name, loading: 'lazy', width: s.width || undefined, height: s.height || undefined,
      onerror: (e) => { bare.add(s.document_id); e.target.parentNode.remove(); } })),
    (s.kind !== 'photo' || !shown) && el('a', { className: 'media', href: link(s), target: '_blank', rel: 'noopener', title: name }, el('i', {}, icon(icons[s.kind] ?? 'file')), el('span', {}, el('b', {}, name), el('small', {}, facts(s)))));
}

function drawChannel(posts, first) {
  const nodes = posts.map((p) => el('div', { className: 'post' },
    el('em', {}, p.id), el('i', {}, icon(icons[p.media?.kind] ?? 'file')),
    el('span', {}, el('b', {}, p.media ? el('a', { href: link(p.media), target: '_blank', rel: 'noopener' }, p.media.file_name || p.text || label[p.media.kind]) : p.text),
      el('small', {}, [p.media && facts(p.media), p.media && `DC ${p.media.dc}`, `by ${p.posted_by ? nameOf(p.posted_by) : 'the owner'}`].filter(Boolean).join(' · '))),
    el('time', {}, new Date(p.date).toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }))));
  if (!posts.length) nodes.push(el('div', { className: 'nothing' }, el('b', {}, 'The channel is empty'), 'A file that you send to the main bot is stored here.'));
  show(nodes, first);
}

// ——— writing ———

function setAbout(a) {
  about = a;
  $('about').hidden = !a;
  if (!a) return;
  $('aboutwhat').textContent = a.edit ? 'Edit message' : `Reply to ${nameOf(a.reply.from)}`;
  $('abouttext').textContent = summary(a.edit ?? a.reply);
  if (a.edit) { $('text').value = a.edit.text; grow(); }
  $('text').focus();
}

function grow() {
  $('text').style.height = 'auto';
  $('text').style.height = `${$('text').scrollHeight + 2}px`;
}

async function sendText(text) {
  const a = about;
  try {
    if (a?.edit) await api('PATCH', `${chatPath()}/messages/${a.edit.id}`, { text });
    else await api('POST', `${chatPath()}/messages`, { text, reply_to: a?.reply.id });
    setAbout(null);
    atEnd = true;
    stick();
    return true;
  } catch (err) { complain(err); return false; }
}

$('composer').addEventListener('submit', async (e) => {
  e.preventDefault();
  const text = $('text').value.trim();
  if (!text) return;
  $('text').value = '';
  grow();
  hideCommands();
  if (!await sendText(text) && !$('text').value) { $('text').value = text; grow(); }
});

let offered = [], chosen = -1;
function hideCommands() { $('commands').hidden = true; offered = []; }

async function offerCommands(prefix) {
  if ($('commands').hidden) try { info.bots = (await api('GET', '/info')).bots; } catch { /* the ones known from before do */ }
  offered = (info.bots.find((b) => b.id === place?.id)?.commands ?? []).filter((c) => c.command.startsWith(prefix));
  chosen = offered.length ? 0 : -1;
  $('commands').hidden = !offered.length;
  $('commands').replaceChildren(...offered.map((c, i) => el('li', { role: 'option', 'aria-selected': String(i === chosen), onclick: () => take(i, true) }, el('b', {}, `/${c.command}`), el('span', {}, c.description))));
  if (!offered.length && !prefix && $('text').value !== '/') toast('This bot has set no commands yet.');
}

function take(i, send) {
  const command = `/${offered[i].command}`;
  hideCommands();
  $('text').value = send ? '' : `${command} `;
  if (send) sendText(command);
  $('text').focus();
}

$('text').addEventListener('input', () => {
  grow();
  const m = /^\/(\w*)$/.exec($('text').value);
  if (m) offerCommands(m[1]); else hideCommands();
});
$('text').addEventListener('keydown', (e) => {
  if (offered.length && (e.key === 'ArrowDown' || e.key === 'ArrowUp')) {
    e.preventDefault();
    chosen = (chosen + (e.key === 'ArrowDown' ? 1 : offered.length - 1)) % offered.length;
    [...$('commands').children].forEach((li, i) => li.setAttribute('aria-selected', String(i === chosen)));
  } else if (offered.length && e.key === 'Tab') { e.preventDefault(); take(chosen, false);
  } else if (e.key === 'Escape') { hideCommands(); if (about) { if (about.edit) $('text').value = ''; setAbout(null); }
  } else if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) { e.preventDefault(); $('composer').requestSubmit(); }
});
$('menu').addEventListener('click', () => $('commands').hidden ? offerCommands('') : hideCommands());
$('aboutoff').addEventListener('click', () => { if (about?.edit) $('text').value = ''; setAbout(null); });

// ——— sending files ———

function chooseFiles(list) {
  const files = [...list];
  if (!files.length || place?.kind !== 'bot') return;
  $('sheettitle').textContent = files.length === 1 ? 'Send this file?' : `Send ${files.length} files?`;
  $('sheetlist').replaceChildren(...files.map((f) => el('li', { className: 'media' }, el('i', {}, icon(icons[kindOf(f)] ?? 'file')), el('span', {}, el('b', {}, f.name), el('small', {}, `${label[kindOf(f)]} · ${bytes(f.size)}`)))));
  $('albumlabel').hidden = files.length < 2 || files.length > 10;
  $('asalbum').checked = $('asfiles').checked = false;
  $('caption').value = '';
  $('sheet').returnValue = '';
  $('sheet').onclose = () => { if ($('sheet').returnValue === 'send') sendFiles(files, $('caption').value.trim(), $('asfiles').checked, $('asalbum').checked); };
  $('sheet').showModal();
}

async function sendFiles(files, text, plain, album) {
  const path = `${chatPath()}/messages`, reply_to = about?.reply?.id, ready = [];
  setAbout(null);
  const deliver = async (list, body) => {
    try {
      await api('POST', path, { ...body, reply_to });
    } catch (err) { complain(err); }
    for (const u of list) u.row.remove();
  };
  for (const f of files) {
    const u = await upload(f, plain);
    if (!u) continue;
    ready.push(u);
    if (!album) await deliver([u], { media: u.media, text: ready.length === 1 ? text || undefined : undefined });
  }
  if (album && ready.length > 1) await deliver(ready, { album: ready.map((u, i) => ({ media: u.media, text: i ? undefined : text || undefined })) });
  else if (album && ready.length) await deliver(ready, { media: ready[0].media, text: text || undefined });
}

$('attach').addEventListener('click', () => $('files').click());
$('files').addEventListener('change', () => { chooseFiles($('files').files); $('files').value = ''; });
const carries = (e) => e.dataTransfer?.types.includes('Files') && place?.kind === 'bot';
addEventListener('dragover', (e) => { e.preventDefault(); $('drop').hidden = !carries(e); });
addEventListener('dragleave', (e) => { if (!e.relatedTarget) $('drop').hidden = true; });
addEventListener('drop', (e) => { e.preventDefault(); $('drop').hidden = true; if (carries(e)) chooseFiles(e.dataTransfer.files); });
addEventListener('paste', (e) => { if (e.clipboardData.files.length) chooseFiles(e.clipboardData.files); });

// ——— begin ———

$('user').addEventListener('change', () => { user = Number($('user').value); if (place) go(place.kind, place.id); });
$('back').addEventListener('click', () => { location.hash = ''; });
addEventListener('hashchange', route);

for (;;) {
  try { await loadInfo(); break; } catch { $('lost').hidden = false; await rest(1000); }
}
route();
