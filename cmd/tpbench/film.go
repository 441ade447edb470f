package main

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/teleplay/teleplay"
)

// film is a synthetic file of the largest size. It deals each of its chunks once,
// in an order that its seed decides, so that every read is a cold one.
type film struct {
	message int32
	bytes   oracle
	random  *rand.Rand
	left    []int // chunks not dealt yet
}

const filmChunks = teleplay.MaxFileSize / teleplay.ChunkSize

func (w *world) film(ctx context.Context, seed uint32) (*film, error) {
	message, err := w.post(ctx, seed, teleplay.MaxFileSize)
	if err != nil {
		return nil, err
	}
	return newFilm(message, seed), nil
}

func newFilm(message int32, seed uint32) *film {
	random := rand.New(rand.NewPCG(uint64(seed), 0))
	return &film{message, oracle(seed), random, random.Perm(filmChunks)}
}

// deal is a chunk that was not read before.
func (f *film) deal() (teleplay.ChunkID, error) {
	if len(f.left) == 0 {
		return teleplay.ChunkID{}, fmt.Errorf("all %d chunks of the film are read", filmChunks)
	}
	last := len(f.left) - 1
	id := teleplay.ChunkID{Message: f.message, Index: uint16(f.left[last])}
	f.left = f.left[:last]
	return id, nil
}

// from is a byte of a chunk to seek to, such that 64 KiB follow in that chunk.
func (f *film) from() int { return f.random.IntN(teleplay.ChunkSize - firstRun*teleplay.PartSize + 1) }

// check compares a chunk's bytes.
func (f *film) check(s *sink) error { return f.bytes.check(s.id.Offset(), s.b) }
