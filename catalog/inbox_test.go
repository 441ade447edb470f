package catalog_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/teleplay/teleplay"
)

func testInbox(t *testing.T, w *world) {
	ctx := t.Context()
	u := w.upload(w.a, "x.mp4")
	u.Mark = teleplay.Mark{PTS: 10, Date: 3, Seq: 1}
	equal(t, must(w.Received(ctx, u.Chat, u.Source))(t), false)
	f := must(w.AddFile(ctx, u))(t)
	equal(t, must(w.Received(ctx, u.Chat, u.Source))(t), true)
	equal(t, must(w.Received(ctx, u.Chat+1, u.Source))(t), false)
	card := teleplay.Owed{Chat: u.Chat, Message: u.Source, File: &f}
	equal(t, must(w.Owed(ctx, 10))(t), []teleplay.Owed{card})

	// A repeat, whichever of its two names is known, changes nothing.
	rev := w.rev(t, w.a)
	again, stored := u, u
	again.File.Message, again.Mark.PTS = 9999, 99
	stored.Source, stored.Mark.PTS = 9999, 99
	for _, repeat := range []teleplay.Upload{u, again, stored} {
		_, err := w.AddFile(ctx, repeat)
		wantErr(t, err, teleplay.ErrConflict, "already_stored")
	}
	m, known, err := w.Mark(ctx)
	ok(t, err)
	equal(t, known, true)
	equal(t, m, u.Mark)
	equal(t, w.rev(t, w.a), rev)
	equal(t, must(w.Received(ctx, u.Chat, 9999))(t), false)
	equal(t, must(w.Files(ctx, w.a, teleplay.FileQuery{}))(t).Total, 1)
	_, err = w.AddFile(ctx, w.upload(77, "of nobody"))
	wantErr(t, err, teleplay.ErrNotFound, "")

	w.clock.advance(time.Second)
	text := teleplay.Answer{Chat: 5, Message: 6, Mark: teleplay.Mark{PTS: 20}, Reply: teleplay.Outgoing{
		Text: "Too large 🎬", Entities: []teleplay.Entity{{Kind: "bold", Length: 3}},
		Buttons: [][]teleplay.Button{{{Text: "Open", URL: "https://x"}}}, ReplyTo: 6,
	}}
	ok(t, w.Reply(ctx, text))
	said := teleplay.Owed{Chat: 5, Message: 6, Reply: text.Reply}
	equal(t, must(w.Owed(ctx, 10))(t), []teleplay.Owed{card, said})
	equal(t, must(w.Owed(ctx, 1))(t), []teleplay.Owed{card})
	ok(t, w.StrikeOff(ctx, 5, 6))
	ok(t, w.StrikeOff(ctx, 5, 6))
	text.Mark.PTS = 21
	ok(t, w.Reply(ctx, text)) // a repeat moves the mark and owes nothing
	equal(t, must(w.Owed(ctx, 10))(t), []teleplay.Owed{card})
	m, _, err = w.Mark(ctx)
	ok(t, err)
	equal(t, m.PTS, 21)

	ok(t, w.TrashFile(ctx, w.a, f.ID)) // the card still goes out
	equal(t, must(w.Owed(ctx, 10))(t)[0].File.Deleted, w.clock.Now())
	ok(t, w.PurgeFile(ctx, w.a, f.ID)) // nothing is left to show
	equal(t, must(w.Owed(ctx, 10))(t), []teleplay.Owed(nil))
	_, err = w.AddFile(ctx, u) // once, for ever
	wantErr(t, err, teleplay.ErrConflict, "already_stored")
	equal(t, must(w.Files(ctx, w.a, teleplay.FileQuery{}))(t).Total, 0)
}

// However often and at once an update is taken in, there is one file of it.
func testInboxRace(t *testing.T, w *world) {
	ctx := t.Context()
	same := w.upload(w.a, "same.mp4")
	var mu sync.Mutex
	var wg sync.WaitGroup
	added, refused := 0, 0
	for range 20 {
		own := w.upload(w.a, "own.mp4")
		wg.Go(func() {
			_, err := w.AddFile(ctx, same)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				added++
			} else if errors.Is(err, teleplay.ErrConflict) {
				refused++
			} else {
				t.Error(err)
			}
		})
		wg.Go(func() {
			if _, err := w.AddFile(ctx, own); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			if _, err := w.FolderView(ctx, w.a, 0); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	equal(t, []int{added, refused}, []int{1, 19})
	equal(t, must(w.Files(ctx, w.a, teleplay.FileQuery{}))(t).Total, 21)
	equal(t, len(must(w.Owed(ctx, 100))(t)), 21)
	equal(t, len(w.news(t, w.a, 0)), 21)
}

// The newest messages dealt with are known even when what came of them is gone.
func testNewest(t *testing.T, w *world) {
	ctx := t.Context()
	newest := func() [2]int32 {
		box, storage, err := w.Newest(ctx)
		ok(t, err)
		return [2]int32{box, storage}
	}
	equal(t, newest(), [2]int32{})
	f := w.file(t, w.a, "x", 0)
	ok(t, w.Reply(ctx, teleplay.Answer{Chat: 9, Message: 5_000, Reply: teleplay.Outgoing{Text: "hello"}}))
	equal(t, newest(), [2]int32{5_000, f.Message})
	ok(t, w.PurgeFile(ctx, w.a, f.ID))
	equal(t, newest(), [2]int32{5_000, f.Message})
}

func testMark(t *testing.T, w *world) {
	ctx := t.Context()
	_, known, err := w.Mark(ctx)
	if known || err != nil {
		t.Fatal(known, err)
	}
	ok(t, w.Advance(ctx, teleplay.Mark{})) // says nothing
	if _, known, _ := w.Mark(ctx); known {
		t.Fatal("a mark of nothing was kept")
	}
	for _, c := range []struct{ put, want teleplay.Mark }{
		{teleplay.Mark{PTS: 5, QTS: 2, Date: 7, Seq: 3}, teleplay.Mark{PTS: 5, QTS: 2, Date: 7, Seq: 3}},
		{teleplay.Mark{PTS: 4, QTS: 9, Date: 9, Seq: 9}, teleplay.Mark{PTS: 5, QTS: 2, Date: 7, Seq: 3}},
		{teleplay.Mark{PTS: 5, QTS: 1, Date: 8, Seq: 3, Channels: map[int64]int{1: 4}}, teleplay.Mark{PTS: 5, QTS: 2, Date: 8, Seq: 3, Channels: map[int64]int{1: 4}}},
		{teleplay.Mark{PTS: 2, QTS: 1, Date: 3, Seq: 1, Anew: true}, teleplay.Mark{PTS: 2, QTS: 1, Date: 3, Seq: 1}},
		{teleplay.Mark{PTS: 5, QTS: 1, Date: 8, Seq: 3, Channels: map[int64]int{1: 4}}, teleplay.Mark{PTS: 5, QTS: 1, Date: 8, Seq: 3, Channels: map[int64]int{1: 4}}},
		{teleplay.Mark{PTS: 6, Channels: map[int64]int{1: 3, 2: 1}}, teleplay.Mark{PTS: 6, QTS: 1, Date: 8, Seq: 3, Channels: map[int64]int{1: 4, 2: 1}}},
	} {
		ok(t, w.Advance(ctx, c.put))
		m, _, err := w.Mark(ctx)
		ok(t, err)
		equal(t, m, c.want)
	}
}

func testDeletes(t *testing.T, w *world) {
	ctx := t.Context()
	var want []int32
	for range 3 {
		f := w.file(t, w.a, "x", 0)
		ok(t, w.PurgeFile(ctx, w.a, f.ID))
		want = append(want, f.Message)
	}
	equal(t, must(w.ChannelDeletes(ctx, 2))(t), want[:2])
	ok(t, w.ChannelDeleted(ctx, append([]int32{77}, want[:2]...)))
	equal(t, must(w.ChannelDeletes(ctx, 100))(t), want[2:])
}
