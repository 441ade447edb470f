package telegram

import "time"

// burstGap is between two parts of leading edges on one lane: a server works on the
// requests of one connection in parallel and would answer the larger one first.
const burstGap = 3 * time.Millisecond

// traffic is what the scheduler knows of a lane. The Pool's mu guards it.
type traffic struct {
	pace
	next time.Time // no part before
	came time.Time // the last part
	mute int64     // one more than the answers it had when one was overdue; 0 = none was
}

// doubt notes that an answer is overdue for a question asked after before answers.
func (l *lane) doubt(before int64) {
	if l.answers.Load() == before {
		l.mute = before + 1
	}
}

// doubtful says that nothing has come since an answer was overdue: the line may be
// dead, and is asked only if there is no other.
func (l *lane) doubtful() bool { return l.mute != 0 && l.mute == l.answers.Load()+1 }
