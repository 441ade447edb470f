package fake

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/crypto"
	gotdcodec "github.com/gotd/td/proto/codec"
	"github.com/gotd/td/tg"
)

// BenchmarkCost is what the fake alone costs for file parts without a shape:
//
//	go test ./telegram/fake -run '^$' -bench BenchmarkCost -benchtime 2000x
//
// The client is another process, which sends requests that were encrypted before,
// and throws the answers away as they are.
func BenchmarkCost(b *testing.B) {
	for _, size := range []int{512 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("KiB=%d", size>>10), func(b *testing.B) { costOf(b, size) })
	}
}

const (
	drainEnv   = "TEST_FAKE_DRAIN" // names the server for the process that drains it
	drainLanes = 4
	drainAhead = 2 // requests in flight of each lane
)

func costOf(b *testing.B, size int) {
	w := served(b)
	if _, err := w.world.post(channelID, []item{{Media: film(7, 4<<30-1)}}); err != nil {
		b.Fatal(err)
	}
	var requests bytes.Buffer // lane by lane: how many, then the frames
	for lane := range drainLanes {
		c := w.clientAt(address{DC: 2, Addr: w.Addr(2)}, mainBot)
		_, answer := c.answer(c.send(layered(228, &tg.ChannelsGetMessagesRequest{
			Channel: &tg.InputChannel{ChannelID: channelID}, ID: []tg.InputMessageClass{&tg.InputMessageID{ID: 1}},
		})))
		var m tg.MessagesChannelMessages
		if err := m.Decode(answer); err != nil {
			b.Fatal(err)
		}
		d := m.Messages[0].(*tg.Message).Media.(*tg.MessageMediaDocument).Document.(*tg.Document)
		n := b.N / drainLanes
		if lane < b.N%drainLanes {
			n++
		}
		_ = binary.Write(&requests, binary.LittleEndian, uint32(n))
		for i := range n {
			var sealed bin.Buffer
			err := c.cipher.Encrypt(c.key, crypto.EncryptedMessageData{
				Salt: c.salt, SessionID: c.session, MessageID: c.id(), SeqNo: c.next(true), Message: &tg.UploadGetFileRequest{
					Precise: true, Location: d.AsInputDocumentFileLocation(""), Offset: int64(size) * int64((lane*n+i)%(3<<30/size)), Limit: size,
				},
			}, &sealed)
			if err != nil {
				b.Fatal(err)
			}
			if err := (gotdcodec.Intermediate{}).Write(&requests, &sealed); err != nil {
				b.Fatal(err)
			}
		}
	}
	child := exec.Command(os.Args[0], "-test.run=^TestDrain$")
	child.Env = append(os.Environ(), drainEnv+"="+w.Addr(2))
	child.Stdin, child.Stderr = &requests, os.Stderr
	before, begun := used(b), time.Now()
	b.SetBytes(int64(size))
	b.ReportAllocs()
	b.ResetTimer()
	if err := child.Run(); err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	gb := float64(size) * float64(b.N) / 1e9
	b.ReportMetric((used(b)-before).Seconds()/gb, "cpu-s/GB")
	b.ReportMetric(gb*1e3/time.Since(begun).Seconds(), "MB/s-wall")
}

// used is the processor time of this process.
func used(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestDrain is BenchmarkCost's other process.
func TestDrain(t *testing.T) {
	addr := os.Getenv(drainEnv)
	if addr == "" {
		t.Skip("not the process of a benchmark")
	}
	in := bufio.NewReader(os.Stdin)
	done := make(chan error, drainLanes)
	for range drainLanes {
		var n uint32
		if err := binary.Read(in, binary.LittleEndian, &n); err != nil {
			t.Fatal(err)
		}
		var frames [][]byte
		for range n {
			head, err := in.Peek(4)
			if err != nil {
				t.Fatal(err)
			}
			frame := make([]byte, 4+binary.LittleEndian.Uint32(head))
			if _, err := io.ReadFull(in, frame); err != nil {
				t.Fatal(err)
			}
			frames = append(frames, frame)
		}
		go func() { done <- drain(addr, frames) }()
	}
	for range drainLanes {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// drain sends all requests and reads an answer to each.
func drain(addr string, requests [][]byte) error {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.Write([]byte{0xee, 0xee, 0xee, 0xee}); err != nil {
		return err
	}
	sent := 0
	more := func() (err error) {
		if sent < len(requests) {
			_, err = c.Write(requests[sent])
			sent++
		}
		return err
	}
	for range drainAhead {
		if err := more(); err != nil {
			return err
		}
	}
	buf := make([]byte, 256<<10)
	for answers := 0; answers < len(requests); {
		if _, err := io.ReadFull(c, buf[:4]); err != nil {
			return err
		}
		n := int(binary.LittleEndian.Uint32(buf))
		if n == 4 {
			return errors.New("a transport error")
		}
		if n > 512<<10 {
			answers++
		}
		for left := n; left > 0; {
			k, err := c.Read(buf[:min(left, len(buf))])
			if err != nil {
				return err
			}
			left -= k
		}
		if n > 512<<10 {
			if err := more(); err != nil {
				return err
			}
		}
	}
	return nil
}
