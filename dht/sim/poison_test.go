package sim

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// kinds of table that a script's node may have.
var kinds = map[string]dht.TableKind{"flat": dht.FlatTable, "buckets": dht.BucketsTable}

// liars are a fifth of the members, each in the same way or each in its own.
var liars = map[string]Mix{
	"contacts that do not exist": {Liars: 0.2},
	"wrong ids":                  {WrongID: 0.2},
	"ids that follow the target": {Followers: 0.2},
	"many ids at one address":    {Crowds: 0.2},
	"all of them":                {Liars: 0.05, WrongID: 0.05, Followers: 0.05, Crowds: 0.05},
}

// Lookups end at the true closest nodes although a fifth of the members lie, all in the same way or
// each in its own.
func TestLookupsAmongLiars(t *testing.T) {
	notUnderRace(t)
	for name, mix := range liars {
		for kind, table := range kinds {
			t.Run(name+"/"+kind, func(t *testing.T) {
				w := world(t, Config{Nodes: 1000, Seed: 1, Mix: mix})
				h := joined(t, w, dht.Config{Table: table})
				first := honestRecall(t, w, h, 25)
				w.pass(16 * time.Minute) // for what it was told to come to bear
				later := honestRecall(t, w, h, 25)
				if first < 0.9 || later < 0.9 {
					t.Errorf("recall %.3f, and %.3f after a quarter of an hour", first, later)
				}
			})
		}
	}
}

// So do lookups of a node that searches for the same few targets again and again, whose nearest
// contacts are those that it was told the last time.
func TestLookupsAmongLiarsRepeated(t *testing.T) {
	notUnderRace(t)
	for name, mix := range liars {
		for kind, table := range kinds {
			t.Run(name+"/"+kind, func(t *testing.T) {
				w := world(t, Config{Nodes: 1000, Seed: 1, Mix: mix})
				h := joined(t, w, dht.Config{Table: table})
				began := uint64(w.now)
				for round := range 4 {
					if r := honestRecallOf(t, w, h, rand.NewPCG(began, 2), 15); r < 0.9 {
						t.Errorf("recall %.3f the time after %d others", r, round)
					}
				}
			})
		}
	}
}

// honestRecall returns how many of the true closest a node finds, 0 to 1, over some
// targets: of the eight nearest that answer a lookup under their own id, those who
// are honest.
func honestRecall(t *testing.T, w *World, h *Host, targets int) float64 {
	t.Helper()
	return honestRecallOf(t, w, h, rand.NewPCG(uint64(w.now), 2), targets)
}

func honestRecallOf(t *testing.T, w *World, h *Host, src krpc.Source, targets int) float64 {
	t.Helper()
	found, of := 0, 0
	for range targets {
		target := krpc.RandomID(src)
		truth := map[krpc.ID]bool{}
		eight := 8
		for _, m := range w.Closest(target, 40) {
			if honest := m.Behavior == Normal; eight > 0 && (honest || m.Behavior == Liar) {
				eight--
				if honest {
					truth[m.ID] = true
				}
			}
		}
		of += len(truth)
		for _, c := range await(t, w, h, findNode(target)).Closest {
			if truth[c.ID] {
				found++
			}
		}
	}
	return float64(found) / float64(of)
}

// A table shows liars as such: a contact that did not answer under the id it was said to have is
// not good, and has failures.
func TestTableShowsLiars(t *testing.T) {
	notUnderRace(t)
	w := world(t, Config{Nodes: 1000, Seed: 1, Mix: Mix{Liars: 0.05, WrongID: 0.05, Followers: 0.05, Crowds: 0.05}})
	h := joined(t, w, dht.Config{})
	honestRecall(t, w, h, 60)
	w.pass(10 * time.Second) // until unanswered queries have timed out
	shown := map[string]int{}
	var page []dht.Entry
	h.Do(func(now dht.Time, n *dht.Node) { page, _ = n.Table().Page(now, 0, make([]dht.Entry, 0, 1<<16)) })
	for _, e := range page {
		m, exists := w.Find(e.Addr)
		proven := e.Status.String() == "good" || e.Replies > 0
		switch {
		case !exists:
			shown["invented"]++
			if proven || e.Queries > 0 && e.Failures == 0 {
				t.Errorf("nobody is at %v, and it is shown as %v with %d failures", e.Addr, e.Status, e.Failures)
			}
		case m.Behavior == WrongID:
			shown["wrong"]++
			if proven || e.Queries > 0 && e.Failures == 0 {
				t.Errorf("%v never says who it is, and is shown as %v with %d failures", e.Addr, e.Status, e.Failures)
			}
		case e.ID != m.ID:
			shown["alias of "+m.Behavior.String()]++
			if m.Behavior != Follower && m.Behavior != Crowd {
				t.Errorf("%v is shown as %v, and is %+v", e.Addr, e.ID, m)
			}
		case m.Behavior == Normal && e.Queries > 0:
			shown["asked"]++
			if !proven || e.Failures > 0 {
				t.Errorf("%v is honest, and is shown as %v with %d failures", e.Addr, e.Status, e.Failures)
			}
		case (m.Behavior == Follower || m.Behavior == Crowd) && e.Queries > e.Replies:
			shown["caught"]++
			if e.Failures == 0 {
				t.Errorf("%v answered as somebody else, and is shown as %v without a failure", e.Addr, e.Status)
			}
		}
	}
	for _, kind := range []string{"invented", "alias of crowd", "asked", "caught"} {
		if shown[kind] < 10 {
			t.Errorf("%d %s of %d, want more: %v", shown[kind], kind, len(page), shown)
		}
	}
}
