// Package teleplay holds the words that every room of TelePlay uses, and is the
// system on one page.
//
// A household keeps films, series and music in a private Telegram channel. A
// file there is a run of immutable chunks of 1 MiB; a chunk is named by the
// storage message and its index (ChunkID), and whoever knows that name can fetch
// its bytes. So reading needs no catalog, nothing is ever invalidated, and what
// a cache holds is right for ever.
//
// The life of GET /api/stream/{id} with a Range:
//
//  1. node/api knows who asks and which file that is, answers the Range by its
//     headers, and opens a node.Reader of exactly that length. HTTP ends there.
//  2. The Reader keeps a window of chunks in flight: the first alone and urgent,
//     then two, doubling with every window that the socket has taken.
//  3. A chunk is looked up in cache, else it gets a flight: one load however many
//     wait, filled by a Source in parts of 16 KiB.
//  4. telegram.Pool asks upload.getFile of the document's own DC, with the
//     asking bot's own file reference, and puts parts into the fill (a Sink).
//  5. Arrived parts are sent on at once; the complete chunk goes to the cache.
//
// The life of a file sent to the bot:
//
//  1. telegram.MainBot hands out the Update, recovered from the stored Mark after
//     a gap or a restart.
//  2. bot asks: may the sender, is it media, was it seen before?
//  3. It is forwarded to the storage channel with a random id derived from the
//     update; the new message's id is the file's name for ever.
//  4. One transaction of the catalog adds the file, moves the Mark and notes the
//     reply that is owed.
//  5. The reply goes out and is struck off. A crash at any point repeats the
//     update and ends with one file, one message, one reply.
//
// The package imports the standard library alone.
package teleplay
