package luabind

import (
	"testing"

	"github.com/lightdht/lightdht/dht/sim"
)

// One walk over the key space meets nearly everybody, and finds what they store.
func TestSample(t *testing.T) {
	_, err := runWithLibrary(t, sim.Config{Nodes: 200, Seed: 1}, `
		local sample = require "lightdht.sample"
		local announced, told = {}, 0
		for i = 1, 200 do
			announced[i] = id.sha1("torrent " .. i)
			assert(sim.node(i):announce_peer(announced[i], 6881) > 0)
		end
		local found = assert(sample.run{ tell = function(infohash, node)
			assert(#infohash == 40 and node.addr)
			told = told + 1
		end })
		local met = 0
		for _, torrent in ipairs(announced) do
			if (found.infohashes[torrent] or 0) > 0 then met = met + 1 end
		end
		assert(met >= 195, met)
		assert(found.asked >= 197 and found.told == found.asked and found.silent == 0 and found.without == 0, found.asked)
		assert(told == found.count and found.stored >= found.count)

		local few = assert(sample.run{ nodes = 10, parallel = 1 })
		assert(few.asked == 10 and few.resting == 10 and few.count == 0, few.asked)
		sleep(6 * 3600)
		assert(sim.node(1):announce_peer(announced[1], 6881) and sim.node(2):announce_peer(announced[2], 6881))
		few = assert(sample.run{ most = 1 })
		assert(few.count == 1 and few.resting == 0)`)
	if err != nil {
		t.Error(err)
	}
}

// Nobody is asked again before the time that it gave; a node that does not know the
// query is not asked again at all.
func TestSampleHonoursTheInterval(t *testing.T) {
	_, err := runWithLibrary(t, sim.Config{Nodes: 50, Seed: 1}, `
		local sample = require "lightdht.sample"
		local patient, plain = assert(dht.open()), assert(dht.open())
		local asked, others, watches = {}, 0, {}
		watches[1] = patient:on("query", function(q)
			if q.method ~= "sample_infohashes" then return end
			asked[#asked + 1] = task.now()
			return { samples = id.raw(id.random()), num = 5, interval = 100, nodes = "" }
		end)
		watches[2] = plain:on("query", function(q)
			if q.method ~= "sample_infohashes" then return end
			others = others + 1
			return { nodes = "" }
		end)
		local found = assert(sample.run{ duration = 350 })
		for _, watch in ipairs(watches) do watch:off() end
		assert(#asked == 4, #asked)
		for i = 2, #asked do assert(asked[i] - asked[i - 1] >= 100) end
		assert(others == 1 and found.without == 1, others)
		assert(found.count == 4 and task.now() >= 300)`)
	if err != nil {
		t.Error(err)
	}
}

func TestSampleOfNobody(t *testing.T) {
	_, err := runWithLibrary(t, sim.Config{Nodes: 5, Seed: 1, Link: sim.Link{Loss: 1}}, `
		local found, err = require("lightdht.sample").run()
		assert(found == nil and (err.kind == "unreachable" or err.kind == "timeout"), tostring(err))`)
	if err != nil {
		t.Error(err)
	}
}
