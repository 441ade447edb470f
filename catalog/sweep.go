package catalog

import (
	"context"
	"time"
)

// sweepEvery is how often the dead are looked for.
const sweepEvery = time.Minute

// Run sweeps login codes and one-time keys until ctx ends, then returns nil.
func (d *DB) Run(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := d.SweepCodes(ctx); err != nil && ctx.Err() == nil {
				d.log.Warn("codes not swept", "err", err)
			}
		}
	}
}
