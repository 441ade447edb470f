package telegram

import "github.com/gotd/td/tg"

// powers is how many powers of two fit a message id.
const powers = 31

// newest is the highest message id of a box that a bot has no history of, from a
// known one (or 0) on: the ids next to it and those at powers of two are looked
// at until none of them is there, which halves the way to the top each time.
func newest(at int32, read func(ids []int32) ([]tg.MessageClass, error)) (int32, error) {
	for {
		var ids []int32
		for i := int32(1); i <= lookStep-powers; i++ {
			ids = append(ids, at+i)
		}
		for i := range powers {
			id := int64(at) + 1<<i
			if 1<<i > lookStep-powers && id < 1<<powers {
				ids = append(ids, int32(id))
			}
		}
		list, err := read(ids)
		if err != nil {
			return 0, err
		}
		higher := at
		for _, m := range list {
			if _, empty := m.(*tg.MessageEmpty); !empty {
				higher = max(higher, int32(m.GetID()))
			}
		}
		if higher == at {
			return at, nil
		}
		at = higher
	}
}
