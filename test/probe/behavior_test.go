package probe

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/luabind"
	"github.com/lightdht/lightdht/scripts"
)

// What the probe says of the members of a simulated network that misbehave, by their behaviour.
func TestBehaviors(t *testing.T) {
	for _, test := range []struct {
		behavior sim.Behavior
		mix      sim.Mix
		none     bool     // it answers nobody: no node is there
		faults   []string // parts of rules that fail
	}{
		{behavior: sim.Normal},
		{behavior: sim.ReadOnly, mix: sim.Mix{ReadOnly: 0.2}, none: true},
		{behavior: sim.Silent, mix: sim.Mix{Silent: 0.2}, none: true},
		{behavior: sim.Slow, mix: sim.Mix{Slow: 0.2}},
		{behavior: sim.Liar, mix: sim.Mix{Liars: 0.2}, faults: []string{"names the nearest to the target that it knows"}},
		{behavior: sim.WrongID, mix: sim.Mix{WrongID: 0.2}, faults: []string{"has one id for everybody"}},
		{behavior: sim.Follower, mix: sim.Mix{Followers: 0.2}, faults: []string{"has one id for everybody"}},
		{behavior: sim.Crowd, mix: sim.Mix{Crowds: 0.2}, faults: []string{"has one id for everybody"}},
	} {
		t.Run(test.behavior.String(), func(t *testing.T) {
			t.Parallel()
			out := examineMember(t, test.mix, test.behavior)
			if none := strings.HasPrefix(out, "none\t"); none != test.none {
				t.Fatalf("is there a node? %s", out)
			}
			for _, fault := range test.faults {
				if !strings.Contains(out, fault) {
					t.Errorf("it is not said that it breaks the rule %q:\n%s", fault, out)
				}
			}
			if len(test.faults) == 0 && strings.Contains(out, "fail\t") {
				t.Errorf("it is said to break rules:\n%s", out)
			}
			t.Log(out[strings.LastIndex(strings.TrimSpace(out), "\n")+1:])
		})
	}
}

// examineMember puts the first member of a behaviour to the test.
func examineMember(t *testing.T, mix sim.Mix, behavior sim.Behavior) string {
	w, err := sim.New(sim.Config{Nodes: 60, Seed: 1, Mix: mix})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	own, err := w.Open(dht.Config{})
	if err != nil {
		t.Fatal(err)
	}
	target := ""
	for i := 0; target == ""; i++ {
		m, ok := w.Member(i)
		if !ok {
			t.Fatalf("no member is %v", behavior)
		}
		if m.Behavior == behavior && m.Online {
			target = m.Addr.String()
		}
	}
	var out bytes.Buffer
	bindings := luabind.New(luabind.Options{Network: luabind.NewSim(w, own)})
	e, err := engine.New(engine.Options{
		Clock: luabind.SimClock(w), Stdout: &out, Random: rand.NewPCG(1, 2), Modules: bindings.Modules(), Library: scripts.FS,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	_, err = e.Run(context.Background(), "probe.lua", fmt.Sprintf(`
		local conformance = require "lightdht.conformance"
		local report, why = conformance.run(%q, { slow = false })
		if not report then return print("none", why) end
		for _, row in ipairs(report.rows) do
			if row.verdict == "fail" or row.verdict == "unknown" then print(row.verdict, row.severity, row.rule, row.seen) end
		end
		print(conformance.summary(report), report.cost)`, target))
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}
