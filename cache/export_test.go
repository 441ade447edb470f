package cache

// LoseSets makes ristretto lose every Set from now on, as it does in a storm. It is
// to be called before the first Put.
func LoseSets(c *Cache) {
	c.adviser.set = func(uint64, *entry, int64) bool { return false }
}

// Hold stops the feeder inside its next Set until release is closed. It is to be
// called before the first Put.
func Hold(c *Cache, release <-chan struct{}) {
	set := c.adviser.set
	c.adviser.set = func(key uint64, e *entry, cost int64) bool {
		<-release
		return set(key, e, cost)
	}
}
