package catalog_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/teleplay/teleplay"
)

func testKeys(t *testing.T, w *world) {
	ctx := t.Context()
	hash := []byte("hash of a key")
	ok(t, w.AddKey(ctx, hash, w.a, w.clock.Now().Add(time.Minute)))
	for range 2 { // a look does not spend it
		equal(t, must(w.KeyUser(ctx, hash))(t).ID, w.a)
	}
	s := w.session()
	s.ID, s.DeviceName = 1234567, "Browser"
	got := must(w.SpendKey(ctx, hash, s))(t)
	s.User, s.Created, s.LastSeen = w.a, w.clock.Now(), w.clock.Now()
	equal(t, got, s)
	equal(t, must(w.Session(ctx, 1234567))(t), s)
	dead := func(hash []byte) {
		t.Helper()
		_, err := w.KeyUser(ctx, hash)
		wantErr(t, err, teleplay.ErrNotFound, "code_expired")
		_, err = w.SpendKey(ctx, hash, w.session())
		wantErr(t, err, teleplay.ErrNotFound, "code_expired")
	}
	dead(hash)
	dead([]byte("unknown"))
	dead(nil)
	ok(t, w.AddKey(ctx, []byte("second"), w.a, w.clock.Now().Add(time.Minute)))
	_, err := w.SpendKey(ctx, []byte("second"), s) // that session is there already
	wantErr(t, err, teleplay.ErrConflict, "")
	equal(t, must(w.KeyUser(ctx, []byte("second")))(t).ID, w.a) // nothing was spent
	w.clock.advance(time.Minute)
	dead([]byte("second"))
	w.clock.advance(time.Hour)
	ok(t, w.SweepCodes(ctx))
	wantErr(t, w.AddKey(ctx, []byte("x"), 77, w.clock.Now()), teleplay.ErrNotFound, "")
}

func (w *world) login(t *testing.T, user int32) teleplay.Session {
	t.Helper()
	key := []byte(time.Duration(w.clock.Now().UnixNano()).String())
	w.clock.advance(time.Second)
	ok(t, w.AddKey(t.Context(), key, user, w.clock.Now().Add(time.Minute)))
	return must(w.SpendKey(t.Context(), key, w.session()))(t)
}

func testSessions(t *testing.T, w *world) {
	ctx := t.Context()
	s := w.login(t, w.a)
	var rotations []time.Time
	for range 3 {
		w.clock.advance(20 * time.Second)
		rotations = append([]time.Time{w.clock.Now()}, rotations...)
		s.Generation++
		s.Hash, s.LastSeen, s.Expires, s.Rotated = []byte{byte(s.Generation)}, w.clock.Now(), w.clock.Now().Add(time.Hour), rotations
		equal(t, must(w.RotateSession(ctx, s.ID, s.Generation-1, s.Hash, s.Expires))(t), s)
		equal(t, must(w.Session(ctx, s.ID))(t), s)
	}
	_, err := w.RotateSession(ctx, s.ID, s.Generation-1, []byte("late"), s.Expires)
	wantErr(t, err, teleplay.ErrConflict, "")
	equal(t, must(w.Session(ctx, s.ID))(t), s)
	w.clock.advance(50 * time.Second) // rotations are 50, 70 and 90 s old: the third is one too many
	got := must(w.RotateSession(ctx, s.ID, s.Generation, []byte("n"), w.clock.Now().Add(time.Hour)))(t)
	equal(t, got.Rotated, []time.Time{w.clock.Now(), rotations[0], rotations[1]})

	since, rev := w.clock.Now(), w.rev(t, w.a)
	ok(t, w.RevokeSession(ctx, s.ID))
	w.clock.advance(time.Second)
	ok(t, w.RevokeSession(ctx, s.ID)) // once
	got = must(w.Session(ctx, s.ID))(t)
	equal(t, got.Revoked, since)
	equal(t, w.news(t, w.a, rev), []teleplay.Event{{Kind: "session", Action: "ended", ID: s.ID}})
	_, err = w.RotateSession(ctx, s.ID, got.Generation, []byte("x"), w.clock.Now().Add(time.Hour))
	wantErr(t, err, teleplay.ErrDenied, "session_revoked")
	second := w.login(t, w.b)
	ok(t, w.RevokeSession(ctx, second.ID))
	revoked := func(since time.Time) (ids []int32) {
		for _, s := range must(w.Revoked(ctx, since))(t) {
			ids = append(ids, s.ID)
		}
		return ids
	}
	equal(t, revoked(time.Time{}), []int32{s.ID, second.ID})
	equal(t, revoked(since), []int32{s.ID, second.ID})
	equal(t, revoked(since.Add(time.Millisecond)), []int32{second.ID})

	old := w.login(t, w.a)
	w.clock.advance(91 * 24 * time.Hour)
	_, err = w.RotateSession(ctx, old.ID, 1, []byte("x"), w.clock.Now().Add(time.Hour))
	wantErr(t, err, teleplay.ErrDenied, "session_revoked")
	_, err = w.Session(ctx, 77)
	wantErr(t, err, teleplay.ErrNotFound, "")
	_, err = w.RotateSession(ctx, 77, 1, nil, w.clock.Now())
	wantErr(t, err, teleplay.ErrNotFound, "")
	wantErr(t, w.RevokeSession(ctx, 77), teleplay.ErrNotFound, "")
}

// Of many refreshes at once one rotates, and of many devices one spends a code.
func testRotationRace(t *testing.T, w *world) {
	ctx := t.Context()
	s := w.login(t, w.a)
	c := must(w.AddCode(ctx, w.device("TV")))(t)
	must(w.ClaimCode(ctx, c.Code, w.a))(t)
	must(w.AnswerCode(ctx, c.ID, w.a, 47))(t)
	once := func(what string, f func() error) {
		errs := make([]error, 20)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() { errs[i] = f() })
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !errors.Is(err, teleplay.ErrConflict) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if won != 1 {
			t.Errorf("%s: %d won", what, won)
		}
	}
	once("rotate", func() error {
		_, err := w.RotateSession(ctx, s.ID, 1, []byte("x"), w.clock.Now().Add(time.Hour))
		return err
	})
	once("spend", func() error {
		_, err := w.SpendCode(ctx, c.ID, w.session())
		return err
	})
}
