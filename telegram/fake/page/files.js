// Files on their way to a bot: what they are, a still of a film, the upload.

import { $, bytes, el, icon, icons } from './parts.js';

const types = { mkv: 'video/x-matroska', mp4: 'video/mp4', m4v: 'video/mp4', webm: 'video/webm', mov: 'video/quicktime', avi: 'video/x-msvideo', ts: 'video/mp2t', mp3: 'audio/mpeg', flac: 'audio/flac', m4a: 'audio/mp4', ogg: 'audio/ogg', opus: 'audio/ogg', srt: 'application/x-subrip' };
export const typeOf = (f) => f.type || types[f.name.split('.').pop().toLowerCase()] || 'application/octet-stream';

export function kindOf(f) {
  const t = typeOf(f);
  if (t === 'image/gif') return 'animation';
  if (/^image\/(jpeg|png|webp)$/.test(t) && f.size <= 10e6) return 'photo';
  return t.startsWith('video/') ? 'video' : t.startsWith('audio/') ? 'audio' : 'document';
}

/** still draws what is in a video or image element, at most edge px wide and high. */
function still(source, width, height, edge) {
  const k = Math.min(1, edge / Math.max(width, height));
  const canvas = el('canvas', { width: Math.max(1, Math.round(width * k)), height: Math.max(1, Math.round(height * k)) });
  canvas.getContext('2d').drawImage(source, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, 'image/jpeg', 0.85));
}

const happens = (node, event) => Promise.race([
  new Promise((yes, no) => { node.addEventListener(event, yes, { once: true }); node.addEventListener('error', no, { once: true }); }),
  new Promise((_, no) => setTimeout(no, 4000)),
]);

/** look finds out what a Telegram app would tell about a file: size of the picture, length, a still. */
async function look(f, kind) {
  const url = URL.createObjectURL(f);
  try {
    if (kind === 'photo') {
      const img = el('img', { src: url });
      await img.decode();
      const { naturalWidth: width, naturalHeight: height } = img;
      return { width, height, body: typeOf(f) === 'image/jpeg' ? f : await still(img, width, height, 2560) };
    }
    if (kind === 'video' || kind === 'audio') {
      const v = el('video', { muted: true, preload: 'auto', src: url });
      await happens(v, 'loadedmetadata');
      const found = { duration: Number.isFinite(v.duration) ? v.duration : 0, width: v.videoWidth || undefined, height: v.videoHeight || undefined };
      if (v.videoWidth) try {
        v.currentTime = Math.min(5, v.duration / 10 || 0);
        await happens(v, 'seeked');
        found.thumb = await still(v, v.videoWidth, v.videoHeight, 320);
      } catch { /* it goes without a still */ }
      return found;
    }
  } catch { /* not decodable here: it goes as it is */ } finally { URL.revokeObjectURL(url); }
  return {};
}

function put(body, progress, signal) {
  return new Promise((done, no) => {
    const name = crypto.randomUUID(), x = new XMLHttpRequest();
    x.open('PUT', `/v1/blobs/${name}`);
    x.upload.onprogress = (e) => progress?.(e.loaded, e.total);
    x.onload = () => x.status === 201 ? done({ blob: name }) : no(new Error(`The fake refused the file: ${x.responseText.slice(0, 200)}`));
    x.onerror = () => no(new Error('The fake does not answer.'));
    x.onabort = () => no(Object.assign(new Error('cancelled'), { name: 'AbortError' }));
    signal.addEventListener('abort', () => x.abort());
    x.send(body);
  });
}

/** upload shows a file's way into the fake, and resolves to what the message needs, or null. */
export async function upload(f, plain) {
  const abort = new AbortController(), bar = el('progress', { max: 1, value: 0 }), note = el('small', {}, 'Waiting');
  const row = el('div', { className: 'msg mine' }, el('div', { className: 'bubble' }, el('div', { className: 'media' }, el('i', {}, icon(icons[kindOf(f)] ?? 'file')), el('span', {}, el('b', {}, f.name), note, bar),
    el('button', { type: 'button', className: 'icon', 'aria-label': 'Cancel', onclick: () => { abort.abort(); row.remove(); } }, icon('close')))));
  $('uploads').append(row);
  row.scrollIntoView({ block: 'nearest' });
  try {
    const kind = plain ? 'document' : kindOf(f), { body = f, thumb, ...found } = await look(f, kind);
    const source = await put(body, (n, all) => { bar.value = n / all; note.textContent = `${bytes(n)} of ${bytes(all)}`; }, abort.signal);
    return { row, media: { kind, source, file_name: f.name, mime_type: body === f ? typeOf(f) : body.type, ...found, thumb: thumb && await put(thumb, null, abort.signal) } };
  } catch (err) {
    row.classList.add('failed');
    note.textContent = err.message;
    bar.remove();
    return null;
  }
}
