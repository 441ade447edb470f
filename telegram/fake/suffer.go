package fake

import (
	"context"
	"strings"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tgerr"
)

// manner is how an answer goes out. The zero value: as it should.
type manner struct {
	fault int64  // that hit the call; 0 = none
	lost  bool   // the client never gets it
	twice bool   // and again, as another message
	end   string // the connection is closed behind it, by this; "" = it goes on
	// ready is when it could have left: what this process takes to make it is no
	// time of the network's. Zero = once it is made.
	ready time.Time
}

// pass runs a query as far as floods, faults and limits let it. The answer is nil
// for a query that a fault has swallowed.
func (s *Server) pass(k *call, q wrapped, method string, a *callArgs) (answer bin.Encoder, how manner, err error) {
	account := s.payer(k, q)
	var (
		f   fault
		hit bool
	)
	runs := func() bool {
		f, hit = s.faults.hit(k, account, method, a)
		return !hit || f.runs()
	}
	refusal, given := s.limits.admit(account, k.conn.id, method, a, runs)
	switch {
	case refusal != nil:
		s.stats.refused(account, given)
		err = refusal
	case !hit || f.runs():
		answer, err = s.run(k, q.method, q.body)
	}
	if !hit {
		return answer, how, err
	}
	how.fault = f.ID
	if f.Do.Delay > 0 {
		owes := q.owes()
		k.conn.ended(owes)
		defer func() {
			_, file := fileBytes(answer)
			k.conn.rested(owes, file && !how.lost)
		}()
	}
	if pause(k.ctx, time.Duration(f.Do.Delay)) != nil {
		how.lost = true // the server ends
		return answer, how, err
	}
	if f.keepsOut() { // before the deed, which the client may answer at once
		k.unhear()
	}
	answer, err = s.suffer(k, account, method, f.Do, answer, err, &how)
	how.lost = how.lost || answer == nil && err == nil
	return answer, how, err
}

// suffer does a deed to a call, whose answer is nil if it was not run.
func (s *Server) suffer(k *call, account int64, method string, do *deed, answer bin.Encoder, err error, how *manner) (bin.Encoder, error) {
	switch {
	case do.Error != nil:
		e := tgerr.New(do.Error.Code, do.Error.Message)
		if strings.HasPrefix(e.Type, "FLOOD_") {
			var given bool
			e, given = s.limits.flood(account, method, e)
			s.stats.refused(account, given)
		}
		if e.Message == errDuplicated {
			s.duplicated(k.key)
			how.end = "duplicate"
		}
		return nil, e
	case do.Drop != nil:
		how.lost = true
	case do.Short != nil:
		return stretched(answer, -*do.Short), err
	case do.Long != nil:
		return stretched(answer, *do.Long), err
	case do.Twice != nil:
		how.twice = true
	case do.CDNRedirect != nil:
		return elsewhere(), nil
	default:
		how.lost = k.conn.suffer(do)
	}
	return answer, err
}

// suffer does a deed to the connection and says whether an answer on it is lost.
func (c *conn) suffer(do *deed) (lost bool) {
	switch {
	case do.Reset != nil:
		c.reset("fault")
	case do.ResetAfter != nil:
		c.resetAfter(*do.ResetAfter)
	case do.Stall != nil:
		c.stall(time.Duration(*do.Stall))
	case do.Transport != nil:
		c.fail(transportError(*do.Transport))
		return true
	}
	return false
}

// starved says whether a fault keeps a ping from being answered.
func (s *session) starved(c *conn) bool {
	account := s.key.account()
	f, hit := s.server.faults.hit(&call{conn: c, key: s.key, session: s.id}, account, pingMethod, nil)
	if !hit {
		return false
	}
	c.suffer(f.Do)
	return f.Do.ResetAfter == nil
}

// pause waits, unless ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
