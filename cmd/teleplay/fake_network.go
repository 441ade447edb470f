package main

import (
	"fmt"
	"time"

	"github.com/teleplay/teleplay/telegram/fake"
)

// networkFlags say what the fake's connections are like.
type networkFlags struct {
	Profile     string         `default:"none" enum:"none,bench" help:"What connections are like: none, or bench = 50 ms RTT, 5,000,000 bytes/s each, slow start. The flags below go over it."`
	RTT         *time.Duration `name:"rtt" help:"Round trip time, like 80ms." placeholder:"DURATION"`
	Jitter      *time.Duration `help:"Up to so much later each way." placeholder:"DURATION"`
	Rate        *int64         `help:"Bytes/s of one connection; 0 = no limit." placeholder:"N"`
	AccountRate *int64         `help:"Bytes/s of all connections of one bot; 0 = no limit." placeholder:"N"`
	SlowStart   *bool          `help:"Begin slowly, as TCP does." negatable:""`
}

func (f networkFlags) shape() (fake.Shape, error) {
	s, ok := fake.Profile(f.Profile)
	if !ok {
		return s, &fault{2, fmt.Sprintf("teleplay: --profile is none or bench, not %s.", f.Profile)}
	}
	over(&s.RTT, f.RTT)
	over(&s.Jitter, f.Jitter)
	over(&s.Rate, f.Rate)
	over(&s.AccountRate, f.AccountRate)
	over(&s.SlowStart, f.SlowStart)
	if err := s.Check(); err != nil {
		return s, &fault{2, "teleplay: " + err.Error()}
	}
	return s, nil
}

// args are the flags again, for a process that takes them too.
func (f networkFlags) args() []string {
	list := []string{"--profile=" + f.Profile}
	list = again(list, "rtt", f.RTT)
	list = again(list, "jitter", f.Jitter)
	list = again(list, "rate", f.Rate)
	list = again(list, "account-rate", f.AccountRate)
	return again(list, "slow-start", f.SlowStart)
}

func again[T any](list []string, name string, flag *T) []string {
	if flag == nil {
		return list
	}
	return append(list, fmt.Sprintf("--%s=%v", name, *flag))
}

// over takes a flag that was given.
func over[T any](to *T, flag *T) {
	if flag != nil {
		*to = *flag
	}
}
