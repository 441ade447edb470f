package catalog_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/teleplay/teleplay"
)

func (w *world) device(name string) teleplay.LoginCode {
	return teleplay.LoginCode{Kind: teleplay.DeviceCode, DeviceHash: []byte(name), Address: "203.0.113.7", UserAgent: "ua",
		DeviceName: name, Client: "web", Match: 47, Expires: w.clock.Now().Add(10 * time.Minute)}
}

func (w *world) bare() teleplay.LoginCode {
	return teleplay.LoginCode{Kind: teleplay.BareCode, Address: "203.0.113.7", UserAgent: "old app", Expires: w.clock.Now().Add(5 * time.Minute)}
}

func (w *world) session() teleplay.Session {
	return teleplay.Session{Salt: []byte("salt"), Generation: 1, Hash: []byte("h1"), Expires: w.clock.Now().Add(90 * 24 * time.Hour)}
}

func testCodes(t *testing.T, w *world) {
	ctx := t.Context()
	c := must(w.AddCode(ctx, w.device("TV")))(t)
	want := w.device("TV")
	want.ID, want.Code, want.State = c.ID, c.Code, teleplay.CodeWaiting
	equal(t, c, want)
	if len(c.Code) != 6 {
		t.Fatalf("code %q", c.Code)
	}
	poll := teleplay.CodeClaim{DeviceHash: []byte("TV")}
	equal(t, must(w.Code(ctx, poll))(t), want)

	_, err := w.SpendCode(ctx, c.ID, w.session())
	wantErr(t, err, teleplay.ErrConflict, "authorization_pending")
	_, err = w.AnswerCode(ctx, c.ID, w.a, 47) // not claimed yet
	wantErr(t, err, teleplay.ErrNotFound, "")

	want.State, want.User = teleplay.CodeAsked, w.a
	equal(t, must(w.ClaimCode(ctx, c.Code, w.a))(t), want)
	equal(t, must(w.ClaimCode(ctx, c.Code, w.a))(t), want)
	_, err = w.ClaimCode(ctx, c.Code, w.b)
	wantErr(t, err, teleplay.ErrNotFound, "")
	_, err = w.AnswerCode(ctx, c.ID, w.b, 47)
	wantErr(t, err, teleplay.ErrNotFound, "")

	want.State = teleplay.CodeApproved
	equal(t, must(w.AnswerCode(ctx, c.ID, w.a, 47))(t), want)
	equal(t, must(w.AnswerCode(ctx, c.ID, w.a, 47))(t), want) // a second tap
	equal(t, must(w.AnswerCode(ctx, c.ID, w.a, 12))(t), want)
	equal(t, must(w.Code(ctx, poll))(t), want)

	s := must(w.SpendCode(ctx, c.ID, w.session()))(t)
	wantS := w.session()
	wantS.ID, wantS.User, wantS.Kind, wantS.DeviceName, wantS.Client, wantS.Address = s.ID, w.a, teleplay.DeviceCode, "TV", "web", "203.0.113.7"
	wantS.Created, wantS.LastSeen = w.clock.Now(), w.clock.Now()
	equal(t, s, wantS)
	equal(t, must(w.Session(ctx, s.ID))(t), wantS)
	_, err = w.SpendCode(ctx, c.ID, w.session())
	wantErr(t, err, teleplay.ErrConflict, "code_expired")
	_, err = w.SpendCode(ctx, 77, w.session())
	wantErr(t, err, teleplay.ErrConflict, "code_expired")
	equal(t, must(w.Code(ctx, poll))(t).State, teleplay.CodeSpent)
	_, err = w.ClaimCode(ctx, c.Code, w.a)
	wantErr(t, err, teleplay.ErrNotFound, "code_expired")

	// The same place again: the person is told that it is known.
	c = must(w.AddCode(ctx, w.device("TV 2")))(t)
	equal(t, must(w.ClaimCode(ctx, c.Code, w.a))(t).KnownPlace, true)
	c = must(w.AddCode(ctx, w.device("TV 3")))(t)
	equal(t, must(w.ClaimCode(ctx, c.Code, w.b))(t).KnownPlace, false)

	// A bare code is found from the address and User-Agent that made it, nowhere else.
	c = must(w.AddCode(ctx, w.bare()))(t)
	equal(t, must(w.Code(ctx, teleplay.CodeClaim{Code: c.Code, Address: c.Address, UserAgent: c.UserAgent}))(t), c)
	device := must(w.AddCode(ctx, w.device("TV 4")))(t)
	for _, elsewhere := range []teleplay.CodeClaim{
		{}, {Code: c.Code}, {Code: c.Code, Address: c.Address}, {Code: c.Code, Address: "203.0.113.8", UserAgent: c.UserAgent},
		{DeviceHash: []byte("no such")}, {DeviceHash: []byte{}}, {Code: device.Code, Address: device.Address, UserAgent: device.UserAgent},
	} {
		_, err := w.Code(ctx, elsewhere)
		wantErr(t, err, teleplay.ErrNotFound, "")
	}
}

func testCodeAnswers(t *testing.T, w *world) {
	ctx := t.Context()
	for name, c := range map[string]struct {
		code   teleplay.LoginCode
		answer []int
		want   teleplay.CodeState
	}{
		"right number":          {w.device("1"), []int{47}, teleplay.CodeApproved},
		"wrong number":          {w.device("2"), []int{12}, teleplay.CodeRefused},
		"yes is not enough":     {w.device("3"), []int{0}, teleplay.CodeRefused},
		"not me":                {w.device("4"), []int{-1}, teleplay.CodeRefused},
		"refused stays refused": {w.device("5"), []int{12, 47}, teleplay.CodeRefused},
		"taken back":            {w.device("6"), []int{47, -1}, teleplay.CodeRefused},
		"bare yes":              {w.bare(), []int{0}, teleplay.CodeApproved},
		"bare no":               {w.bare(), []int{-1}, teleplay.CodeRefused},
		"bare number":           {w.bare(), []int{47}, teleplay.CodeRefused},
	} {
		c.code.Address = name
		code := must(w.AddCode(ctx, c.code))(t)
		must(w.ClaimCode(ctx, code.Code, w.a))(t)
		for _, a := range c.answer {
			code = must(w.AnswerCode(ctx, code.ID, w.a, a))(t)
		}
		if code.State != c.want {
			t.Errorf("%s: %s, want %s", name, code.State, c.want)
		}
		if c.want == teleplay.CodeRefused {
			_, err := w.SpendCode(ctx, code.ID, w.session())
			wantErr(t, err, teleplay.ErrConflict, "access_denied")
		}
	}
}

func testCodeLimits(t *testing.T, w *world) {
	ctx := t.Context()
	var codes []teleplay.LoginCode
	for i := range 11 {
		codes = append(codes, must(w.AddCode(ctx, w.device(fmt.Sprint(i))))(t))
		w.clock.advance(time.Second)
	}
	state := func(i int) teleplay.CodeState {
		return must(w.Code(ctx, teleplay.CodeClaim{DeviceHash: codes[i].DeviceHash}))(t).State
	}
	equal(t, []teleplay.CodeState{state(0), state(1), state(10)}, []teleplay.CodeState{teleplay.CodeExpired, teleplay.CodeWaiting, teleplay.CodeWaiting})
	_, err := w.ClaimCode(ctx, codes[0].Code, w.a)
	wantErr(t, err, teleplay.ErrNotFound, "code_expired")

	seen := map[string]bool{}
	for i := range 90 {
		c := w.device(fmt.Sprint("other ", i))
		c.Address = fmt.Sprint("address ", i)
		seen[must(w.AddCode(ctx, c))(t).Code] = true
	}
	for _, c := range codes[1:] {
		seen[c.Code] = true
	}
	equal(t, len(seen), 100) // unique while live
	late := w.device("late")
	late.Address = "late"
	_, err = w.AddCode(ctx, late)
	wantErr(t, err, teleplay.ErrUnavailable, "rate_limited")
	var e *teleplay.Error
	if errors.As(err, &e); e.Retry <= 0 || e.Retry > 10*time.Minute {
		t.Fatalf("retry after %v", e.Retry)
	}
	must(w.AddCode(ctx, w.device("own oldest falls")))(t)

	// Time ends a code whether somebody sweeps or not.
	asked := must(w.ClaimCode(ctx, codes[10].Code, w.a))(t)
	w.clock.advance(10 * time.Minute)
	equal(t, state(10), teleplay.CodeExpired)
	_, err = w.AnswerCode(ctx, asked.ID, w.a, 47)
	wantErr(t, err, teleplay.ErrNotFound, "code_expired")
	_, err = w.ClaimCode(ctx, codes[9].Code, w.a)
	wantErr(t, err, teleplay.ErrNotFound, "code_expired")
	late.Expires = w.clock.Now().Add(time.Minute)
	must(w.AddCode(ctx, late))(t)

	// The device hears "expired" for a while, then nobody remembers.
	ok(t, w.SweepCodes(ctx))
	equal(t, state(10), teleplay.CodeExpired)
	w.clock.advance(10 * time.Minute)
	ok(t, w.SweepCodes(ctx))
	_, err = w.Code(ctx, teleplay.CodeClaim{DeviceHash: codes[10].DeviceHash})
	wantErr(t, err, teleplay.ErrNotFound, "")
}

// Who was refused once makes no further code from that address for 10 minutes.
func testCodeRefused(t *testing.T, w *world) {
	ctx := t.Context()
	code := must(w.AddCode(ctx, w.device("1")))(t)
	must(w.ClaimCode(ctx, code.Code, w.a))(t)
	w.clock.advance(time.Minute)
	must(w.AnswerCode(ctx, code.ID, w.a, -1))(t)
	w.clock.advance(4 * time.Minute)
	_, err := w.AddCode(ctx, w.device("2"))
	wantErr(t, err, teleplay.ErrUnavailable, "rate_limited")
	var e *teleplay.Error
	if errors.As(err, &e); e.Retry != 6*time.Minute {
		t.Errorf("retry after %v", e.Retry)
	}
	elsewhere := w.device("3")
	elsewhere.Address = "elsewhere"
	must(w.AddCode(ctx, elsewhere))(t)
	ok(t, w.SweepCodes(ctx))
	w.clock.advance(6*time.Minute - time.Millisecond)
	_, err = w.AddCode(ctx, w.device("4"))
	wantErr(t, err, teleplay.ErrUnavailable, "rate_limited")
	w.clock.advance(time.Millisecond)
	must(w.AddCode(ctx, w.device("5")))(t)
}
