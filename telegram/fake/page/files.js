// Files on their way to a bot: what they are, what a Telegram app would tell about
// them, the upload. A made-up film has no bytes of its own: {name, size, madeUp: seed}.

import { $, away, bytes, el, icon, refusal } from './parts.js';
import { icons } from './media.js';

const types = { mkv: 'video/x-matroska', mp4: 'video/mp4', m4v: 'video/mp4', webm: 'video/webm', mov: 'video/quicktime', avi: 'video/x-msvideo', ts: 'video/mp2t', mp3: 'audio/mpeg', flac: 'audio/flac', m4a: 'audio/mp4', ogg: 'audio/ogg', opus: 'audio/ogg', srt: 'application/x-subrip' };
export const typeOf = (f) => f.type || types[f.name.split('.').pop().toLowerCase()] || 'application/octet-stream';

export function kindOf(f) {
  const t = typeOf(f);
  if (t === 'image/gif') return 'animation';
  if (/^image\/(jpeg|png|webp)$/.test(t) && f.size <= 10 << 20) return 'photo';
  return t.startsWith('video/') ? 'video' : t.startsWith('audio/') ? 'audio' : 'document';
}

/** unfit says why Telegram takes no such file; '' = it does. */
export const unfit = (f) => f.size === 0 ? 'empty, which Telegram does not take' : f.size > 2 ** 32 ? 'more than the 4 GB that Telegram takes' : '';

/** dropped is the files that were dropped, those inside of folders too. It must begin in the drop's event. */
export async function dropped(data) {
  const entries = [...data.items].map((i) => i.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...data.files];
  return (await Promise.all(entries.map(inside))).flat();
}

async function inside(entry) {
  if (entry.isFile) return [await new Promise((yes, no) => entry.file(yes, no))];
  const reader = entry.createReader(), all = [];
  for (;;) { // it gives a hundred at a time
    const some = await new Promise((yes, no) => reader.readEntries(yes, no));
    if (!some.length) return (await Promise.all(all.map(inside))).flat();
    all.push(...some);
  }
}

/** small draws what is in a video or image element, at most edge px wide and high. */
function small(source, width, height, edge) {
  const k = Math.min(1, edge / Math.max(width, height));
  const canvas = el('canvas', { width: Math.max(1, Math.round(width * k)), height: Math.max(1, Math.round(height * k)) });
  canvas.getContext('2d').drawImage(source, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, 'image/jpeg', 0.85));
}

const happens = (node, event) => Promise.race([
  new Promise((yes, no) => { node.addEventListener(event, yes, { once: true }); node.addEventListener('error', no, { once: true }); }),
  new Promise((_, no) => setTimeout(no, 4000)),
]);

/** look finds out size of the picture, length, a still. */
async function look(f, kind) {
  const url = URL.createObjectURL(f);
  try {
    if (kind === 'photo') {
      const img = el('img', { src: url });
      await img.decode();
      const { naturalWidth: width, naturalHeight: height } = img;
      return { width, height, body: typeOf(f) === 'image/jpeg' ? f : await small(img, width, height, 2560) };
    }
    if (kind === 'video' || kind === 'audio') {
      const v = el('video', { muted: true, preload: 'auto', src: url });
      await happens(v, 'loadedmetadata');
      const found = { duration: Number.isFinite(v.duration) ? v.duration : 0, width: v.videoWidth || undefined, height: v.videoHeight || undefined };
      if (v.videoWidth) try {
        v.currentTime = Math.min(5, v.duration / 10 || 0);
        await happens(v, 'seeked');
        found.thumb = await small(v, v.videoWidth, v.videoHeight, 320);
      } catch { /* it goes without a still */ }
      v.removeAttribute('src');
      return found;
    }
  } catch { /* not decodable here: it goes as it is */ } finally { URL.revokeObjectURL(url); }
  return {};
}

function put(body, progress, signal) {
  return new Promise((done, no) => {
    const name = crypto.randomUUID(), x = new XMLHttpRequest();
    const end = () => no(new DOMException('cancelled', 'AbortError'));
    if (signal.aborted) return end();
    x.open('PUT', `/v1/blobs/${name}`);
    x.upload.onprogress = (e) => progress?.(e.loaded, e.total);
    x.onload = () => x.status === 201 ? done({ blob: name }) : no(refusal(x.status, x.responseText));
    x.onerror = () => no(new Error(away));
    x.onabort = end;
    signal.addEventListener('abort', () => x.abort(), { once: true });
    x.send(body);
  });
}

/** Upload is one file's way into the fake, and the row that shows it. */
export class Upload {
  #stop = new AbortController();
  #note = el('small', {}, 'Waiting');
  #bar = el('progress', { max: 1, value: 0 });

  constructor(file, plain) {
    this.file = file;
    this.kind = plain ? 'document' : kindOf(file);
    this.again = el('button', { type: 'button', className: 'soft again', hidden: true }, 'Try again');
    this.row = el('div', { className: 'msg mine with-media uploading' }, el('div', { className: 'bubble' }, el('div', { className: 'media' },
      el('i', {}, icon(icons[this.kind] ?? 'file')), el('span', {}, el('b', {}, file.name), this.#note, this.#bar, this.again),
      el('button', { type: 'button', className: 'icon', title: 'Cancel', 'aria-label': `Cancel ${file.name}`, onclick: () => this.cancel() }, icon('close')))));
    this.#bar.setAttribute('aria-label', `Upload of ${file.name}`);
    $('uploads').append(this.row);
  }

  get cancelled() { return this.#stop.signal.aborted; }
  done() { this.row.remove(); }
  cancel() {
    this.#stop.abort();
    this.row.remove();
  }

  /** media is the file as a message needs it. */
  async media() {
    const { file: f, kind } = this, start = performance.now();
    this.row.classList.remove('failed');
    this.again.hidden = true;
    this.#bar.hidden = false;
    this.#note.textContent = 'Looking at it';
    if (f.madeUp !== undefined) return { kind, source: { seed: f.madeUp, size: f.size }, file_name: f.name, mime_type: typeOf(f), duration: 7200, width: 1920, height: 1080, thumb: { seed: f.madeUp } };
    const { body = f, thumb, ...found } = await look(f, kind);
    const source = await put(body, (n, all) => {
      const left = (all - n) / n * (performance.now() - start) / 1000;
      this.#bar.value = n / all;
      this.#note.textContent = n < all ? `${bytes(n)} of ${bytes(all)}${left > 3 ? `, ${left < 90 ? `${Math.round(left)} seconds` : `${Math.round(left / 60)} minutes`} left` : ''}` : 'Sending';
    }, this.#stop.signal);
    return { kind, source, file_name: f.name, mime_type: body === f ? typeOf(f) : body.type, ...found, thumb: thumb && await put(thumb, null, this.#stop.signal) };
  }

  fail(err) {
    this.row.classList.add('failed');
    this.#note.textContent = `Not sent. ${err.message}`;
    this.#bar.hidden = true;
    this.again.hidden = false;
  }
}
