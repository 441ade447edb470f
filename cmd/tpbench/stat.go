package main

import (
	"math"
	"slices"
	"time"
)

// sample is measured values in any order.
type sample []float64

// at is the p-th percentile by nearest rank: the least value that p percent of the
// sample do not exceed; NaN of an empty sample and of one with a NaN.
func (s sample) at(p float64) float64 {
	if len(s) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(s))
	if math.IsNaN(sorted[0]) { // they come first
		return sorted[0]
	}
	rank := int(math.Ceil(p / 100 * float64(len(s))))
	return sorted[min(max(rank, 1), len(s))-1]
}

func (s sample) median() float64 { return s.at(50) }

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// megabytes a second of n bytes in d; the unit is 10⁶.
func megabytes(n int64, d time.Duration) float64 { return float64(n) / 1e6 / d.Seconds() }
