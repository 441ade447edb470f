// Sending files and forwarding: the sheet that asks how, and the uploads in a row.

import { Upload, dropped, kindOf, unfit } from './files.js';
import { toEnd } from './log.js';
import { facts, icons, label } from './media.js';
import { summary } from './message.js';
import { $, api, bytes, complain, count, el, icon, toast, tool } from './parts.js';
import { chatPath, everybody, here, nameOf } from './state.js';
import { focusLine, takeReply } from './write.js';

const inChat = () => here.place?.kind === 'bot';
const line = (kind, name, note, extra) => el('li', { className: 'media' }, el('i', {}, icon(icons[kind] ?? 'file')), el('span', {}, el('b', {}, name), el('small', {}, note)), extra);

/** ask opens the sheet. onsend hears what was chosen: {text, origin, protected, plain, album}. */
function ask(title, { files = 0, caption = '', from = '', text = '' }, onsend) {
  $('sheettitle').textContent = title;
  $('filesonly').hidden = !files;
  $('albumlabel').hidden = files < 2 || files > 10;
  $('caption').hidden = text !== '';
  $('caption').value = caption;
  $('from').value = from;
  $('more').open = from !== '';
  $('asalbum').checked = $('asfiles').checked = $('locked').checked = false;
  $('names').replaceChildren(...[...everybody().keys()].map((n) => el('option', { value: n })));
  $('sheet').returnValue = '';
  $('sheet').onclose = () => {
    focusLine();
    if ($('sheet').returnValue !== 'send') return;
    const name = $('from').value.trim();
    onsend({
      text: $('caption').value.trim() || undefined, plain: $('asfiles').checked, album: $('asalbum').checked && !$('albumlabel').hidden,
      about: { forwarded_from: name ? everybody().get(name) ?? name : undefined, protected: $('locked').checked || undefined },
    });
  };
  $('sheet').showModal();
  $('send').focus();
}

/** forward sends a message of the chat once more, as one that somebody else has written. */
export function forward(m) {
  $('sheetlist').replaceChildren(line(m.media?.kind ?? 'text', summary(m), m.media ? facts(m.media) : `from ${nameOf(m.from)}`));
  const from = m.forwarded_from === undefined ? nameOf(m.from) : nameOf(m.forwarded_from);
  ask('Forward this to the bot?', { caption: m.media ? m.text : '', text: m.media ? '' : m.text, from }, async ({ text, about }) => {
    const body = m.media ? { media: { kind: m.media.kind, source: { document_id: m.media.document_id } }, text } : { text: m.text };
    try {
      await api('POST', `${chatPath()}/messages`, { ...body, ...about });
      toEnd();
    } catch (err) { complain(err); }
  });
}

function chooseFiles(list) {
  if (!list.length || !inChat()) return;
  let files = list.filter((f) => !unfit(f));
  const rows = () => [...list.filter(unfit).map((f) => {
    const row = line('', f.name, `Not sent: ${unfit(f)}`);
    row.classList.add('failed');
    return row;
  }), ...files.map((f) => line(kindOf(f), f.name, `${label[kindOf(f)]} · ${bytes(f.size)}`, tool('close', `Leave out ${f.name}`, () => { files = files.filter((g) => g !== f); draw(); })))];
  const draw = () => {
    $('sheetlist').replaceChildren(...rows());
    $('sheettitle').textContent = files.length === 1 ? 'Send this file?' : `Send ${count(files.length, 'file')}?`;
    $('albumlabel').hidden = files.length < 2 || files.length > 10;
    $('send').disabled = !files.length;
  };
  ask('', { files: files.length }, (how) => sendFiles(files, how));
  draw();
}

// ——— uploads ———

let queue = Promise.resolve(), running = 0; // one file after the other: they arrive in the order that one sees

function sendFiles(files, how) {
  const path = `${chatPath()}/messages`, body = { ...how.about, reply_to: takeReply() };
  const uploads = files.map((f) => new Upload(f, how.plain));
  toEnd();
  const job = () => how.album ? sendAlbum(uploads, path, body, how.text) : sendEach(uploads, path, body, how.text);
  running++;
  queue = queue.then(job).finally(() => { running--; });
}

async function sendEach(uploads, path, body, text) {
  let caption = text;
  for (const u of uploads) {
    if (u.cancelled) continue;
    const own = { ...body, text: caption };
    caption = undefined; // stands under the first
    await sendOne(u, path, own);
  }
}

async function sendOne(u, path, body) {
  try {
    await api('POST', path, { media: await u.media(), ...body });
    u.done();
  } catch (err) { failed(u, err, () => sendOne(u, path, body)); }
}

async function sendAlbum(uploads, path, body, text) {
  const ready = [];
  for (const u of uploads) {
    try {
      if (!u.cancelled) ready.push({ u, media: await u.media() });
    } catch (err) { failed(u, err, () => sendOne(u, path, body)); }
  }
  const left = ready.filter(({ u }) => !u.cancelled);
  if (!left.length) return;
  const items = left.map(({ media }, i) => ({ media, text: i ? undefined : text }));
  try {
    await api('POST', path, { ...(items.length > 1 ? { album: items } : items[0]), ...body });
    for (const { u } of left) u.done();
  } catch (err) { for (const { u } of left) failed(u, err, () => sendOne(u, path, body)); }
}

function failed(u, err, again) {
  if (u.cancelled) return;
  u.fail(err);
  u.again.onclick = () => { running++; queue = queue.then(() => !u.cancelled && again()).finally(() => { running--; }); };
}

// ——— where files come from ———

const closeMenu = () => $('attachmenu').hidePopover();
$('choosefiles').addEventListener('click', () => { closeMenu(); $('files').click(); });
$('choosefolder').addEventListener('click', () => { closeMenu(); $('folder').click(); });
for (const input of [$('files'), $('folder')]) input.addEventListener('change', () => { chooseFiles([...input.files]); input.value = ''; });
for (const button of document.querySelectorAll('[data-gigabytes]')) {
  button.addEventListener('click', () => {
    const n = Number(button.dataset.gigabytes);
    closeMenu();
    chooseFiles([{ name: `Made-up film of ${n} GB.mp4`, size: Math.min(n * 2 ** 30, 2 ** 32 - 1), type: 'video/mp4', madeUp: crypto.getRandomValues(new Uint32Array(1))[0] }]);
  });
}

const carries = (e) => e.dataTransfer?.types.includes('Files') && inChat() && !document.querySelector('dialog[open]');
addEventListener('dragover', (e) => { e.preventDefault(); $('drop').hidden = !carries(e); });
addEventListener('dragleave', (e) => { if (!e.relatedTarget) $('drop').hidden = true; });
addEventListener('drop', async (e) => {
  e.preventDefault();
  $('drop').hidden = true;
  if (!carries(e)) return;
  try {
    const files = await dropped(e.dataTransfer);
    if (files.length) chooseFiles(files); else toast('There is no file in that folder.');
  } catch { toast('That cannot be read.'); }
});
addEventListener('paste', (e) => { if (e.clipboardData.files.length && !document.querySelector('dialog[open]')) chooseFiles([...e.clipboardData.files]); });
addEventListener('beforeunload', (e) => { if (running) e.preventDefault(); });
