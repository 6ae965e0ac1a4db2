package luabind

import (
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht/sim"
)

// Looking into the stores of members changes nothing, and shows the
// same each time.
func TestLookingIntoMembers(t *testing.T) {
	const source = `
		sim.traffic{ every = 60, torrents = 20 }
		dht.put("a note")
		local seen = 0
		for round = 1, 5 do
			sleep(300)
			for i = 1, LOOK and sim.size() or 0 do
				local last = ""
				for _, t in ipairs(sim.node(i):announced()) do
					assert(t.infohash > last)
					last = t.infohash
					for j, peer in ipairs(t.peers) do
						assert(peer.last <= task.now() + 0.1 and peer.last > task.now() - 2000 and peer.seed == false)
						seen = seen + 1
						print(round, i, t.infohash, peer.addr, peer.last)
					end
				end
				for _, item in ipairs(sim.node(i):items()) do print(item.target, item.raw, item.last) end
			end
		end
		print("seen", LOOK and seen > 1000)`
	look := func(how string) (*site, string) {
		s := simSite(t, sim.Config{Nodes: 80, Seed: 3, Digest: true, Skew: sim.Skew{Offset: time.Minute, Drift: 100}})
		if err := s.run("look.lua", strings.ReplaceAll(source, "LOOK", how)); err != nil {
			t.Fatal(err)
		}
		return s, s.stdout.String()
	}
	not, _ := look("false")
	once, saw := look("true")
	twice, again := look("true")
	if not.world.Digest() != once.world.Digest() || once.world.Digest() != twice.world.Digest() {
		t.Error("a look changes what happens")
	}
	if saw != again || !strings.HasSuffix(saw, "seen\ttrue\n") || !strings.Contains(saw, "6:a note") {
		t.Errorf("not the same again:\n%s\n%s", saw, again)
	}
}
