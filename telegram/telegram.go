// Package telegram is everything that speaks MTProto.
//
// A Helper's way from a token to bytes:
//
//  1. Its home lane (one MTProto connection of one bot to one data centre) takes
//     the auth key from the KeyStore, or makes one and stores it before its first
//     use; users.getUsers says whether the key is logged in, else the bot logs in.
//  2. Pool.Fetch cuts the missing parts of a chunk into runs that
//     upload.getFile takes, and gives each to the least busy helper.
//  3. The helper resolves the storage message to a document with its own eyes:
//     access hash and file reference are good for one bot alone.
//  4. The lane of the document's data centre asks for the run; its bytes go into
//     the Sink, late ones too.
//  5. Whatever fails is judged in one place, policy.go.
//
// MainBot is the bot that people talk to: a helper whose home lane is sent updates,
// recovered from a stored Mark and handed out in order (feed.go).
package telegram
