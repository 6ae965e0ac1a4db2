package dht_test

import (
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/dhttest"
	"github.com/lightdht/lightdht/dht/krpc"
)

// sample asks nodes[0] for samples and returns the outcome.
func sample(net *dhttest.Net, asker, to *dht.Node) (m krpc.Message, err error) {
	asker.Query(net.Now(), krpc.Contact{Addr: to.Addr()}, dht.Call{Method: "sample_infohashes", Target: krpc.ID{9}},
		func(_ dht.Time, r dht.Reply) {
			if err = r.Err; err == nil {
				m = r.Message.Clone()
			}
		})
	net.Run(time.Second)
	return m, err
}

func TestSamplesAndTheirInterval(t *testing.T) {
	net, nodes := swarm(t, 12, dht.BucketsTable)
	for i := range 50 {
		nodes[0].Peers().Announce(net.Now(), krpc.ID{1, byte(i)}, dhttest.Addr(i), false)
	}
	m, err := sample(net, nodes[5], nodes[0])
	if err != nil || m.Has&krpc.HasSamples == 0 || len(m.Samples) != 20*20 || m.Num != 50 || m.Interval != 21600 || len(m.Nodes) != 8*26 {
		t.Fatalf("%d bytes of samples, num %d, interval %d, %d bytes of nodes, %v", len(m.Samples), m.Num, m.Interval, len(m.Nodes), err)
	}
	sent := nodes[5].Stats().QueriesOut
	if _, err := sample(net, nodes[5], nodes[0]); unwrap(err) != dht.ErrTooSoon {
		t.Errorf("asked again at once: %v", err)
	}
	if out := nodes[5].Stats().QueriesOut - sent; out != 0 {
		t.Errorf("%d queries were sent", out)
	}
	if _, err := sample(net, nodes[6], nodes[0]); err != nil { // somebody else may
		t.Error(err)
	}
	net.Run(6 * time.Hour)
	if _, err := sample(net, nodes[5], nodes[0]); err != nil {
		t.Errorf("asked again after the interval: %v", err)
	}
}

func TestSamplesOfAnEmptyStore(t *testing.T) {
	net, nodes := swarm(t, 3, dht.BucketsTable)
	m, err := sample(net, nodes[1], nodes[0])
	if err != nil || m.Has&krpc.HasSamples == 0 || len(m.Samples) != 0 || m.Num != 0 {
		t.Errorf("%+v, %v: samples must be there, and empty", m, err)
	}
}

func unwrap(err error) error {
	if q, ok := err.(*dht.QueryError); ok {
		return q.Err
	}
	return err
}
