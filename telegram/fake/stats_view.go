package fake

import (
	"fmt"
	"os"
)

// This file has the shapes of GET /stats.

// statsView is the whole answer. Account 0 is who has not logged in.
type statsView struct {
	Since    stamp                 `json:"since"`
	Totals   countView             `json:"totals"`
	Accounts map[int64]accountView `json:"accounts"`
	Layers   map[int]int64         `json:"layers"` // calls in layers that the fake does not speak
	Process  processView           `json:"process"`
}

type countView struct {
	Connections       int64 `json:"connections"`
	ConnectionsMax    int64 `json:"connections_max"`
	Exchanges         int64 `json:"exchanges"`
	Logins            int64 `json:"logins"`
	Floods            int64 `json:"floods"`
	CallsWhileFlooded int64 `json:"calls_while_flooded"`
	Migrations        int64 `json:"migrations"`
	ReferenceErrors   int64 `json:"reference_errors"`
	KeysDuplicated    int64 `json:"keys_duplicated"`
	BytesSent         int64 `json:"bytes_sent"`
	BytesReceived     int64 `json:"bytes_received"`
}

type accountView struct {
	countView
	Methods map[string]methodView `json:"methods"`
}

type methodView struct {
	Calls       int64            `json:"calls"`
	OK          int64            `json:"ok"`
	Bytes       int64            `json:"bytes"`
	Errors      map[string]int64 `json:"errors"`
	InFlightMax int64            `json:"in_flight_max"`
	MS          timesView        `json:"ms"`
}

type timesView struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	Max float64 `json:"max"`
}

type processView struct {
	CPUSeconds float64 `json:"cpu_seconds"`
	RSS        int64   `json:"rss"`
}

func (c *counter) view() countView {
	return countView{
		Connections: c.connections.Load(), ConnectionsMax: c.connectionsMax.Load(), Exchanges: c.exchanges.Load(),
		Logins: c.logins.Load(), Floods: c.floods.Load(), CallsWhileFlooded: c.callsWhileFlooded.Load(), Migrations: c.migrations.Load(), ReferenceErrors: c.referenceErrors.Load(), KeysDuplicated: c.keysDuplicated.Load(),
		BytesSent: c.bytesSent.Load(), BytesReceived: c.bytesReceived.Load(),
	}
}

// resident is the process' memory in bytes; 0 where /proc does not tell.
func resident() int64 {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var size, pages int64
	if _, err := fmt.Sscan(string(b), &size, &pages); err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}
