package telegram

import (
	"context"
	"fmt"
	"sync"

	"github.com/gotd/td/tg"

	"github.com/teleplay/teleplay"
)

// peopleMost bounds who is remembered; a stranger costs 200 bytes.
const peopleMost = 10_000

// people are the users that updates have shown. The zero value is empty.
type people struct {
	mu   sync.Mutex
	seen map[int64]known
}

type known struct {
	person teleplay.Person
	hash   int64
}

func personOf(u *tg.User) teleplay.Person {
	name := u.Username
	for _, n := range u.Usernames {
		if name == "" && n.Active {
			name = n.Username
		}
	}
	return teleplay.Person{ID: u.ID, Username: name, FirstName: u.FirstName, LastName: u.LastName}
}

// see remembers users whole enough to be written to.
func (p *people) see(users []tg.UserClass) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, u := range users {
		u, ok := u.(*tg.User)
		if !ok || u.Min || u.AccessHash == 0 {
			continue
		}
		if p.seen == nil {
			p.seen = map[int64]known{}
		}
		if _, old := p.seen[u.ID]; !old && len(p.seen) >= peopleMost {
			for id := range p.seen { // any: it costs one question to see again
				delete(p.seen, id)
				break
			}
		}
		p.seen[u.ID] = known{personOf(u), u.AccessHash}
	}
}

// person is who id is, as far as is known.
func (p *people) person(id int64) teleplay.Person {
	p.mu.Lock()
	defer p.mu.Unlock()
	if k, ok := p.seen[id]; ok {
		return k.person
	}
	return teleplay.Person{ID: id}
}

// peer is how to address a person; one that is not remembered is asked for with
// the hash 0, as bots may do with those who have written to them.
func (p *people) peer(ctx context.Context, api *tg.Client, id int64) (*tg.InputPeerUser, error) {
	for asked := false; ; asked = true {
		p.mu.Lock()
		k, ok := p.seen[id]
		p.mu.Unlock()
		if ok {
			return &tg.InputPeerUser{UserID: id, AccessHash: k.hash}, nil
		}
		if asked {
			return &tg.InputPeerUser{UserID: id}, nil
		}
		users, err := api.UsersGetUsers(ctx, []tg.InputUserClass{&tg.InputUser{UserID: id}})
		if err != nil {
			return nil, fmt.Errorf("find user %d: %w", id, err)
		}
		p.see(users)
	}
}
