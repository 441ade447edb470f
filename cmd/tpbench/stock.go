package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gotd/td/crypto"
	"github.com/gotd/td/session"
	gotd "github.com/gotd/td/telegram"
	"github.com/gotd/td/telegram/dcs"
	"github.com/gotd/td/tg"

	"github.com/teleplay/teleplay"
)

// stock is gotd's own client, used as its documentation says: what a download costs
// and how soon it comes without any of our doing.
type stock struct {
	film  *film
	at    tg.InputFileLocationClass
	one   *tg.Client        // over the client's one connection
	many  gotd.CloseInvoker // over a pool of connections; nil = none was asked for
	line  line
	end   context.CancelFunc
	ended chan error
}

// stock connects a client of one bot; lanes > 0 makes a pool of so many connections
// besides. close ends it.
func (w *world) stock(ctx context.Context, lanes int, seed uint32) (_ *stock, err error) {
	bots, err := w.take(ctx, 1)
	if err != nil {
		return nil, err
	}
	f, err := w.film(ctx, seed)
	if err != nil {
		return nil, err
	}
	k, _ := w.keys.Key(bots[0].ID, w.HomeDC)
	key := crypto.Key(k.Value).WithID()
	storage := new(session.StorageMemory)
	if err := (&session.Loader{Storage: storage}).Save(ctx, &session.Data{
		DC: w.HomeDC, Addr: w.address, AuthKey: key.Value[:], AuthKeyID: key.ID[:], Salt: k.Salt,
	}); err != nil {
		return nil, err
	}
	host, port, err := net.SplitHostPort(w.address)
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	s := &stock{film: f, line: line{since: time.Now()}, ended: make(chan error, 1)}
	c := gotd.NewClient(1, "fake", gotd.Options{
		Resolver:   dcs.Plain(dcs.PlainOptions{Dial: s.line.dial}),
		PublicKeys: []gotd.PublicKey{{RSA: w.publicKey}}, SessionStorage: storage,
		DC: w.HomeDC, DCList: dcs.List{Options: []tg.DCOption{{ID: w.HomeDC, IPAddress: host, Port: n}}},
	})
	s.one = c.API()
	run, end := context.WithCancel(context.WithoutCancel(ctx))
	s.end = end
	ready := make(chan error, 1)
	go func() {
		s.ended <- c.Run(run, func(ctx context.Context) error {
			ready <- s.prepare(ctx, c, w.Channels[0].ID, lanes)
			<-ctx.Done()
			return nil
		})
	}()
	select {
	case err = <-ready:
	case err = <-s.ended:
		s.ended <- nil
		err = errors.Join(errors.New("gotd's client ended"), err)
	case <-time.After(readyWait):
		err = errors.New("gotd's client is not ready")
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// prepare finds the film as this bot sees it.
func (s *stock) prepare(ctx context.Context, c *gotd.Client, channel int64, lanes int) error {
	answer, err := s.one.ChannelsGetMessages(ctx, &tg.ChannelsGetMessagesRequest{
		Channel: &tg.InputChannel{ChannelID: channel}, ID: []tg.InputMessageClass{&tg.InputMessageID{ID: int(s.film.message)}},
	})
	if err != nil {
		return err
	}
	found, ok := answer.(*tg.MessagesChannelMessages)
	if !ok || len(found.Messages) != 1 {
		return errors.New("the film's message is not there")
	}
	m, _ := found.Messages[0].(*tg.Message)
	if m == nil {
		return errors.New("the film's message is empty")
	}
	media, _ := m.Media.(*tg.MessageMediaDocument)
	if media == nil {
		return errors.New("the film's message has no document")
	}
	d, ok := media.Document.AsNotEmpty()
	if !ok {
		return errors.New("the film's document is empty")
	}
	s.at = d.AsInputDocumentFileLocation("")
	if lanes > 0 {
		s.many, err = c.Pool(int64(lanes))
	}
	return err
}

func (s *stock) close() error {
	var err error
	if s.many != nil {
		err = s.many.Close()
	}
	s.end()
	if ended := <-s.ended; !errors.Is(ended, context.Canceled) {
		err = errors.Join(err, ended)
	}
	return err
}

// get asks for the first length bytes of a fresh chunk in one call, and checks them
// outside of the time it took: until they were there, and until the last of them
// had come over the line, still to be decrypted.
func (s *stock) get(ctx context.Context, length int) (took, line time.Duration, err error) {
	id, err := s.film.deal()
	if err != nil {
		return 0, 0, err
	}
	began := time.Now()
	b, err := s.ask(ctx, s.one, id, length)
	took, line = time.Since(began), s.line.heard().Sub(began)
	if err != nil {
		return 0, 0, err
	}
	return took, line, s.film.bytes.check(id.Offset(), b)
}

func (s *stock) ask(ctx context.Context, api *tg.Client, id teleplay.ChunkID, length int) ([]byte, error) {
	answer, err := api.UploadGetFile(ctx, &tg.UploadGetFileRequest{Precise: true, Location: s.at, Offset: id.Offset(), Limit: length})
	if err != nil {
		return nil, err
	}
	file, ok := answer.(*tg.UploadFile)
	if !ok || len(file.Bytes) != length {
		return nil, fmt.Errorf("chunk %v: not the %d bytes that were asked for", id, length)
	}
	return file.Bytes, nil
}

// got is one chunk of bulk.
type got struct {
	id teleplay.ChunkID
	b  []byte
}

// bulk reads n whole chunks through the pool, one at a time on each of its
// connections, and returns them unchecked.
func (s *stock) bulk(ctx context.Context, n, lanes int) ([]got, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	list := make([]got, n)
	next := make(chan *got, n)
	for i := range list {
		id, err := s.film.deal()
		if err != nil {
			return nil, err
		}
		list[i].id = id
		next <- &list[i]
	}
	close(next)
	api := tg.NewClient(s.many)
	var workers sync.WaitGroup
	for range lanes {
		workers.Go(func() {
			for g := range next {
				var err error
				if g.b, err = s.ask(ctx, api, g.id, teleplay.ChunkSize); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	workers.Wait()
	return list, context.Cause(ctx)
}

// line notes when bytes last came over any of a client's connections.
type line struct {
	since time.Time    // immutable
	last  atomic.Int64 // nanoseconds after since
}

func (l *line) heard() time.Time { return l.since.Add(time.Duration(l.last.Load())) }

func (l *line) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return lineConn{conn, l}, nil
}

type lineConn struct {
	net.Conn
	line *line
}

func (c lineConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.line.last.Store(int64(time.Since(c.line.since)))
	return n, err
}
