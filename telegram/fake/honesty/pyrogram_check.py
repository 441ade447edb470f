"""PyroTGFork 2.2.24.1 (what the original TelePlay runs) or Kurigram 2.2.25, whichever is installed, against a fake Telegram. Usage: pyrogram_check.py CONFIG.json
What a back end like TelePlay's does with them. They are turned to the fake by its RSA key and the DCs' addresses; nothing else is patched."""
import asyncio, hashlib, io, os, random, tempfile
import pyrogram
from pyrogram import Client, enums, errors, filters, handlers, raw
from pyrogram.crypto import rsa
from pyrogram.file_id import FileId
from pyrogram.types import BotCommand, InlineKeyboardButton as Button, InlineKeyboardMarkup as Keyboard, InputMediaDocument, ReplyParameters, WebAppInfo
from kit import hook, load, must, refused, rsa_numbers, run, until

c, S, DIR = load(), {}, tempfile.mkdtemp()
n, e, fp = rsa_numbers(c.public_key)
rsa.server_public_keys.clear()
rsa.server_public_keys[fp] = rsa.PublicKey(n, e)
try:  # PyroTGFork knows the addresses of the DCs by heart
    from pyrogram.session.internals import DataCenter
    DataCenter.__new__ = lambda cls, dc_id, *a, **kw: c.dcs[dc_id]
    KURIGRAM = False
except ImportError:  # Kurigram knows one and learns the others
    from pyrogram.connection import Connection
    KURIGRAM, connect = True, Connection.connect
    async def to_fake(self):
        if self.server_address.startswith("149.154."):
            self.server_address, self.port = c.dcs[self.dc_id]
        await connect(self)
    Connection.connect = to_fake

async def started(name, token, **kw):
    x = Client(name, c.api_id, c.api_hash, bot_token=token, workdir=DIR, **kw)
    await x.start()
    return x

async def streamed(x, m, **kw):
    return b"".join([p async for p in x.stream_media(m, **kw)])

async def incoming(send, kind=handlers.MessageHandler, wanted=filters.private):
    """Everything that came of one kind, half a second after the first."""
    got = []
    async def take(_, u):
        got.append(u)
    h = S["bot"].add_handler(kind(take, wanted) if wanted else kind(take))
    r = await send()
    must(await until(lambda: got), "no update came")
    await asyncio.sleep(0.5)
    S["bot"].remove_handler(*h)
    must(len(got) == 1, "%d updates came instead of one", len(got))
    return got[0], r

async def t_start_and_get_me():
    S["bot"] = x = await started("main", c.bots[0])
    me = await x.get_me()
    must(me.is_bot and me.is_self and me.id == c.bot and me.username, me)
async def t_a_helper_without_updates():
    S["helper"] = await started("helper", c.bots[1], no_updates=True)
async def t_every_codec():
    from pyrogram.connection import transport
    from pyrogram.connection.connection import Connection
    for name in [k for k in dir(transport) if k.startswith("TCP") and k != "TCP"]:
        kw = {"protocol_factory": getattr(transport, name)} if KURIGRAM else {}
        if not KURIGRAM:
            Connection.MODES = {3: getattr(transport, name)}
        x = await started("codec", c.bots[1], in_memory=True, no_updates=True, **kw)
        must((await x.get_me()).is_bot, name)
        await x.stop()
    if not KURIGRAM:
        Connection.MODES = {3: transport.TCPAbridgedO}
async def t_bot_commands_and_profile():
    x, menu = S["bot"], [BotCommand("start", "Start"), BotCommand("web", "Open the library")]
    must(await x.set_bot_commands(menu))
    must([b.command for b in await x.get_bot_commands()] == ["start", "web"], "another menu came back")
    must(await x.set_bot_name("Library") and await x.set_bot_info_short_description("films") and await x.set_bot_info_description("films and music"), "not changed")
    must(await x.get_bot_info_description() == "films and music" and await x.get_bot_info_short_description() == "films" and await x.get_bot_name() == "Library", "another text came back")
async def t_get_messages_by_ids():
    a, b, none = await S["bot"].get_messages(c.channel, [c.home_file["message"], c.far_file["message"], 987654])
    must(a.video.file_size == c.home_file["size"] and b.video.file_size == c.far_file["size"] and none.empty, (a, b, none))
    must(a.video.file_name == "film.mp4" and a.video.mime_type == "video/mp4" and a.chat.id == c.channel, a)
    S["home"], S["far"] = a, b
async def t_stream_media_of_both_DCs():
    for which in "home", "far":
        b = await streamed(S["bot"], S[which])
        must(hashlib.sha256(b).hexdigest() == c[which + "_file"]["sha256"], "%s: %d bytes, another hash", which, len(b))
        must(await streamed(S["bot"], S[which], offset=1, limit=1) == b[1 << 20:2 << 20], "%s: the second MiB differs", which)
        S[which + " bytes"] = b
async def t_stream_media_of_a_helper_by_its_own_reference():
    x = S["helper"]
    for which in "home", "far":
        m = await x.get_messages(c.channel, c[which + "_file"]["message"])
        parts = await asyncio.gather(*(streamed(x, m, offset=i, limit=1) for i in range(4)))
        must(b"".join(parts) == S[which + " bytes"], "%s: other bytes", which)
async def t_download_media_to_a_file_and_a_thumb():
    path = await S["bot"].download_media(S["home"], file_name=DIR + "/film.mp4")
    must(open(path, "rb").read() == S["home bytes"], "other bytes")
    thumb = (await S["bot"].download_media(S["home"].video.thumbs[0].file_id, in_memory=True)).getvalue()
    must(thumb[:2] == b"\xff\xd8" and len(thumb) == S["home"].video.thumbs[0].file_size, "no JPEG of the size that was said")
async def t_message_of_a_user_comes_once():
    m, _ = await incoming(lambda: hook(c, "user_sends"))
    must(m.from_user.id == c.user and m.chat.type == enums.ChatType.PRIVATE and m.video and m.caption == "a film", m)
    S["private"] = m
async def t_command_of_a_user():
    m, _ = await incoming(lambda: hook(c, "user_writes", text="/start ABC"), wanted=filters.command("start") & filters.private)
    must(m.text == "/start ABC" and m.command == ["start", "ABC"], m)
async def t_photo_of_a_user_and_its_copy():
    m, _ = await incoming(lambda: hook(c, "user_sends_photo"), wanted=filters.photo)
    b = (await S["bot"].download_media(m, in_memory=True)).getvalue()
    must(b[:2] == b"\xff\xd8" and len(b) == m.photo.file_size and m.photo.width == 640, m)
    copy = await m.copy(c.channel)
    copy = await S["bot"].get_messages(c.channel, copy.id)
    must(copy.photo.file_unique_id == m.photo.file_unique_id and (await S["bot"].download_media(copy, in_memory=True)).getvalue() == b, copy)
    await copy.delete()
async def t_album_of_a_user():
    got = []
    async def take(_, m):
        got.append(m)
    h = S["bot"].add_handler(handlers.MessageHandler(take, filters.media_group))
    await hook(c, "user_sends_album")
    must(await until(lambda: len(got) == 2), "%d updates came", len(got))
    S["bot"].remove_handler(*h)
    must(got[0].media_group_id == got[1].media_group_id and len(await S["bot"].get_media_group(c.user, got[0].id)) == 2, got)
async def t_edit_and_deletion_by_a_user():
    m, _ = await incoming(lambda: hook(c, "user_writes", text="before"), wanted=filters.text)
    e, _ = await incoming(lambda: hook(c, "user_edits", message_id=m.id, text="after"), handlers.EditedMessageHandler)
    must(e.id == m.id and e.text == "after" and e.edit_date, e)
    d, _ = await incoming(lambda: hook(c, "user_deletes", message_id=m.id), handlers.DeletedMessagesHandler, None)
    must([x.id for x in d] == [m.id], d)
async def t_get_chat_and_users():
    ch, u, full = await S["bot"].get_chat(c.channel), await S["bot"].get_users(c.user), await S["bot"].get_chat(c.user)
    must(ch.id == c.channel and ch.type == enums.ChatType.CHANNEL and ch.title and u.first_name == full.first_name, (ch, u, full))
async def t_get_chat_member():
    me = await S["bot"].get_chat_member(c.channel, "me")
    must(me.status == enums.ChatMemberStatus.ADMINISTRATOR and me.privileges.can_post_messages and me.user.id == c.bot, me)
    must((await S["bot"].get_chat_member(c.channel, c.user)).status == enums.ChatMemberStatus.OWNER, "the owner is somebody else")
async def t_resolve_username():
    me = await S["bot"].get_me()
    must((await S["helper"].get_users(me.username)).id == c.bot, "somebody else")
    await refused(S["bot"].get_users("nobody_of_that_name"), "USERNAME_NOT_OCCUPIED", "UsernameNotOccupied")
async def t_copy_to_the_channel():
    m = await S["private"].copy(c.channel)
    got = await S["bot"].get_messages(c.channel, m.id)
    must(got.video.file_unique_id == S["private"].video.file_unique_id and got.caption == "a film" and not getattr(got, "forward_origin", None), got)
    S["copy"] = m.id
async def t_forward_to_the_channel():
    m = await S["bot"].forward_messages(c.channel, c.user, S["private"].id)
    m = m[0] if isinstance(m, list) else m
    must(m.video.file_unique_id == S["private"].video.file_unique_id and m.forward_origin, m)
    await S["bot"].delete_messages(c.channel, m.id)
async def t_delete_messages():
    must(await S["bot"].delete_messages(c.channel, [S["copy"], 987654]) == 1, "another number was deleted")
    must((await S["bot"].get_messages(c.channel, S["copy"])).empty, "it is still there")
async def t_chat_actions():
    for a in enums.ChatAction.TYPING, enums.ChatAction.UPLOAD_VIDEO, enums.ChatAction.CANCEL:
        must(await S["bot"].send_chat_action(c.user, a))
async def t_reply_with_buttons():
    m = await S["bot"].send_message(c.user, "**bold** `code` [link](https://example.org)", reply_parameters=ReplyParameters(message_id=S["private"].id), reply_markup=Keyboard([[Button("A", callback_data="data-a"), Button("U", url="https://example.org")],
                                                                                                                 [Button("W", web_app=WebAppInfo(url="https://example.org/app"))]]))
    must(m.text == "bold code link" and [x.type for x in m.entities] == [enums.MessageEntityType.BOLD, enums.MessageEntityType.CODE, enums.MessageEntityType.TEXT_LINK], m)
    must(m.outgoing and m.from_user.id == c.bot and m.reply_to_message_id == S["private"].id and m.reply_markup.inline_keyboard[1][0].web_app, m)
    got = await S["bot"].get_messages(c.user, m.id)
    must(got.reply_to_message.video and got.from_user.is_self, got)
    at = await S["bot"].send_message(c.user, "[you](tg://user?id=%d)" % c.user)
    must(at.text == "you" and at.entities[0].type == enums.MessageEntityType.TEXT_MENTION and at.entities[0].user.id == c.user, at)
    must((await S["private"].reply("no quote", quote=False)).text == "no quote")
    S["buttons"] = m
async def t_buttons_with_colours():
    style = enums.ButtonStyle.SUCCESS
    m = await S["bot"].send_message(c.user, "colours", reply_markup=Keyboard([[Button("A", callback_data="a", style=style), Button("W", web_app=WebAppInfo(url="https://example.org"), style=style)]]))
    must([b.style for b in m.reply_markup.inline_keyboard[0]] == [style, style], m)
async def t_press_comes_once_and_is_answered():
    m, done = S["buttons"], []
    async def answer(_, q):
        done.append((q.data, q.message.id, q.from_user.id))
        await q.answer("well done", show_alert=True)
    h = S["bot"].add_handler(handlers.CallbackQueryHandler(answer))
    said = await hook(c, "press", message_id=m.id, data="data-a")
    await asyncio.sleep(0.5)
    S["bot"].remove_handler(*h)
    must(done == [("data-a" if isinstance(done[0][0], str) else b"data-a", m.id, c.user)] and "well done" in said, "%s, the user saw %.200s" % (done, said))
async def t_edits():
    m = S["buttons"]
    e = await m.edit("changed", reply_markup=Keyboard([[Button("B", callback_data="b")]]))
    must(e.text == "changed" and e.reply_markup.inline_keyboard[0][0].text == "B", e)
    await refused(m.edit("changed", reply_markup=Keyboard([[Button("B", callback_data="b")]])), "MESSAGE_NOT_MODIFIED", "MessageNotModified")
    e = await m.edit_reply_markup(Keyboard([[Button("C", callback_data="c")]]))
    must(e.text == "changed" and e.reply_markup.inline_keyboard[0][0].text == "C", e)
    e = await m.edit_reply_markup()
    must(e.text == "changed" and not e.reply_markup, e)
async def t_send_document_photo_video_audio():
    x, b = S["bot"], random.Random(3).randbytes(300_001)
    def file(name, data=b):
        f = io.BytesIO(data)
        f.name = name
        return f
    S["photo"] = (await x.download_media(S["home"].video.thumbs[0].file_id, in_memory=True)).getvalue()
    d = await x.send_document(c.user, file("small.bin"), caption="c")
    must(d.caption == "c" and d.document.file_name == "small.bin" and await streamed(x, d) == b, d)
    v = await x.send_video(c.user, file("film.mp4"), duration=61, width=640, height=360, thumb=file("t.jpg", S["photo"]), supports_streaming=True)
    must(v.video.duration == 61 and v.video.width == 640 and v.video.supports_streaming and v.video.thumbs and await streamed(x, v) == b, v)
    a = await x.send_audio(c.user, file("song.mp3"), duration=7, performer="p", title="t")
    must(a.audio.performer == "p" and a.audio.title == "t" and a.audio.duration == 7, a)
    p = await x.send_photo(c.user, file("p.jpg", S["photo"]), caption="p")
    must(p.photo and (await x.download_media(p, in_memory=True)).getvalue()[:2] == b"\xff\xd8", p)
    S["document"] = d
async def t_send_again_by_file_id():
    d = await S["bot"].send_cached_media(c.user, S["document"].document.file_id, caption="again")
    must(d.document.file_unique_id == S["document"].document.file_unique_id and d.caption == "again", d)
async def t_edit_caption_and_media():
    d = await S["document"].edit_caption("another")
    must(d.caption == "another" and d.document, d)
    f = io.BytesIO(b"new bytes")
    f.name = "new.txt"
    d = await S["bot"].edit_message_media(c.user, d.id, InputMediaDocument(f, caption="new"))
    must(d.document.file_name == "new.txt" and d.caption == "new" and await streamed(S["bot"], d) == b"new bytes", d)
async def t_album_in_and_out():
    fs = []
    for i in range(2):
        fs.append(io.BytesIO(b"%d" % i * 10))
        fs[-1].name = "%d.txt" % i
    ms = await S["bot"].send_media_group(c.user, [InputMediaDocument(f) for f in fs])
    must(len(ms) == 2 and ms[0].media_group_id == ms[1].media_group_id and [m.document.file_name for m in ms] == ["0.txt", "1.txt"], ms)
    must([m.id for m in await S["bot"].get_media_group(c.user, ms[1].id)] == [m.id for m in ms], "another group")
    copy = await S["bot"].copy_media_group(c.channel, c.user, ms[0].id)
    must(len(copy) == 2 and all(m.chat.id == c.channel for m in copy), copy)
    await S["bot"].delete_messages(c.channel, [m.id for m in copy])
async def t_upload_11_MB():
    b = random.Random(4).randbytes(11_000_003)
    f = io.BytesIO(b)
    f.name = "big.bin"
    m = await S["bot"].send_document(c.channel, f)
    must(m.document.file_size == len(b) and await streamed(S["bot"], m) == b, "other bytes")
    await m.delete()
async def t_expired_reference_then_a_fresh_one():
    await hook(c, "expire_references")
    f = FileId.decode(S["home"].video.file_id)  # by itself stream_media hides what refused it
    place = raw.types.InputDocumentFileLocation(id=f.media_id, access_hash=f.access_hash, file_reference=f.file_reference, thumb_size="")
    await refused(S["bot"].invoke(raw.functions.upload.GetFile(location=place, offset=0, limit=4096)), "FILE_REFERENCE_EXPIRED", "FileReferenceExpired")
    m = await S["bot"].get_messages(c.channel, S["home"].id)
    must(await streamed(S["bot"], m, limit=1) == S["home bytes"][:1 << 20], "other bytes")
    S["home"] = m
async def t_FLOOD_WAIT():
    m = S["home"]
    f = FileId.decode(m.video.file_id)
    place = raw.types.InputDocumentFileLocation(id=f.media_id, access_hash=f.access_hash, file_reference=f.file_reference, thumb_size="")
    await hook(c, "flood_on")
    S["bot"].sleep_threshold = 0
    try:
        er = await refused(S["bot"].invoke(raw.functions.upload.GetFile(location=place, offset=0, limit=4096)), "FLOOD_WAIT", "FLOOD_PREMIUM_WAIT", "FloodWait", "FloodPremiumWait")
    finally:
        S["bot"].sleep_threshold = 10
        await hook(c, "flood_off")
    must(er.value == 1 and await streamed(S["bot"], m, limit=1) == S["home bytes"][:1 << 20], er)
async def t_connections_cut_by_the_server():
    up = lambda: (S["bot"].session.is_started if KURIGRAM else S["bot"].session.is_connected).is_set()
    await hook(c, "reset_connections")
    await until(lambda: not up(), 1)
    must(await until(up), "no session")
    must((await S["bot"].get_messages(c.channel, S["home"].id)).video, "no message")
    m, _ = await incoming(lambda: hook(c, "user_sends"))
    must(m.video, m)
    must(hashlib.sha256(await streamed(S["bot"], S["home"])).hexdigest() == c.home_file["sha256"], "other bytes")
async def t_restart_with_the_stored_session():
    await S["bot"].stop()
    S["bot"] = x = await started("main", c.bots[0])
    must((await x.get_me()).id == c.bot)
    m, _ = await incoming(lambda: hook(c, "user_sends"))
    must(m.video, m)

async def t_away_then_the_missed_message():
    await S["bot"].stop()
    S["bot"] = await started("main", c.bots[0], skip_updates=False)
    await incoming(lambda: hook(c, "user_writes", text="there"))  # what it has seen is what it goes on from
    await S["bot"].stop()
    await hook(c, "user_writes", text="while away")
    x, got = Client("main", c.api_id, c.api_hash, bot_token=c.bots[0], workdir=DIR, skip_updates=False), []
    async def take(_, m):
        got.append(m.text)
    x.add_handler(handlers.MessageHandler(take, filters.private))
    S["bot"] = x
    await x.start()
    await until(lambda: got)
    await asyncio.sleep(0.5)
    must(got == ["while away"], "%s came", got)

print(pyrogram.__name__, pyrogram.__version__, "layer", raw.all.layer)
asyncio.get_event_loop_policy().get_event_loop().run_until_complete(run(globals(), lambda: [S[x].stop for x in ("bot", "helper") if x in S]))
