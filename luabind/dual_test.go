package luabind

import (
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/client"
	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/dht/udp"
	"github.com/lightdht/lightdht/engine"
)

// A node of both networks is one node to a script: its table, its walks, and the
// nodes that it opens.
func TestDualStack(t *testing.T) {
	if c, err := net.ListenPacket("udp6", "[::1]:0"); err != nil {
		t.Skip("no IPv6 here: ", err)
	} else {
		c.Close()
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var entry []netip.AddrPort
	var own *udp.Host
	for range 6 {
		h, err := udp.Listen(udp.Config{
			Listen: netip.MustParseAddrPort("127.0.0.1:0"), Listen6: netip.MustParseAddrPort("[::1]:0"),
			Node: dht.Config{Bootstrap: entry, AnswerRate: -1},
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { h.Close() })
		if own = h; entry == nil {
			entry = []netip.AddrPort{h.Addr(), h.Addr6()}
			continue
		}
		if _, err := client.New(h).Bootstrap(ctx); err != nil {
			t.Fatal(err)
		}
	}
	s := &site{}
	s.open(t, NewUDP(own, entry), engine.Options{})
	err := s.run("dual.lua", `
		assert(dht.addr:find("127.0.0.1:", 1, true) and dht.addr6:find("[::1]:", 1, true), dht.addr6)
		assert(dht.bootstrap())
		local four, six, seen = 0, 0, 0
		for id, entry in pairs(dht.table) do
			seen = seen + 1
			if entry.addr:sub(1, 1) == "[" then six = six + 1 else four = four + 1 end
			assert(dht.table[id])
		end
		assert(seen == #dht.table and four >= 1 and six >= 1, four .. " and " .. six)
		local late = 0
		for _, entry in dht.table:each() do
			late = late + 1
			local r = assert(dht.rpc.find_node(entry.addr, id.random(), { want = "both" }))
			assert(r.nodes and r.nodes6)
		end
		assert(late == #dht.table and late >= seen)

		local node = assert(dht.open())
		assert(node.addr6:find("[::1]:", 1, true), tostring(node.addr6))
		local hash = id.sha1("dual")
		assert(node:announce_peer(hash, 7001) >= 2)
		local peers = assert(dht.get_peers(hash))
		table.sort(peers)
		assert(#peers == 2 and peers[1] == "127.0.0.1:7001" and peers[2] == "[::1]:7001", table.concat(peers, " "))
		assert(#dht.get_peers(hash, { family = "v6" }) == 1 and #dht.get_peers(hash, { family = "v4" }) == 1)
		local target = assert(node:put("both"))
		assert(dht.get(target) == "both")

		local alone = assert(dht.open{ addr = "127.0.0.1:0" })
		assert(alone.addr6 == nil)
		local both = assert(dht.open{ addr = "127.0.0.1:0", addr6 = "[::1]:0" })
		assert(both.addr6)
		assert(both.table:add("[::1]:1", id.random()) and both.table:add("127.0.0.1:1", id.random()))
		assert(not pcall(alone.table.add, alone.table, "[::1]:1", id.random()))`)
	if err != nil {
		t.Error(err)
	}
}

// dht.id is the id that the node has now, also after it was changed.
func TestRenamed(t *testing.T) {
	world, err := sim.New(sim.Config{Nodes: 60, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	own, err := world.Open(dht.Config{Public: true, QueryRate: -1})
	if err != nil {
		t.Fatal(err)
	}
	s := &site{world: world}
	s.open(t, NewSim(world, own), engine.Options{Clock: SimClock(world), Random: rand.NewPCG(1, 1)})
	if err := s.run("renamed.lua", `
		local before = dht.id
		for i, member in ipairs(sim.nodes()) do dht.rpc.ping(member.addr) end
		assert(dht.id ~= before and id.is_secure(dht.id, dht.addr), dht.id)
		local node = dht.open()
		assert(dht.rpc.ping(node.addr) and node.table[before] == nil and node.table[dht.id])`); err != nil {
		t.Error(err)
	}
}

// In a simulation a share of the members has IPv6 too, and so has the script's node.
func TestDualStackInSimulation(t *testing.T) {
	world, own := openWorld(t, sim.Config{Nodes: 300, Seed: 1, V6: 0.5})
	s := &site{world: world}
	s.open(t, NewSim(world, own), engine.Options{Clock: SimClock(world), Random: rand.NewPCG(1, 1)})
	if err := s.run("six.lua", `
		local six = 0
		for _, member in ipairs(sim.nodes()) do
			if member.addr6 then six = six + 1 end
		end
		assert(six > 100 and six < 200, six)
		assert(dht.addr6)
		local target, truth = id.random(), {}
		for _, member in ipairs(sim.closest(target, 8, { family = "v6" })) do truth[assert(member.addr6)] = true end
		local found = 0
		for _, node in ipairs(assert(dht.find_node(target, { family = "v6" }))) do
			if truth[node.addr] then found = found + 1 end
		end
		assert(found >= 7, found)
		assert(sim.closest(target)[1].id == sim.closest(target, 1, { family = "v4" })[1].id)
		assert(#sim.closest(target, nil, { family = "v6" }) == 8 and #sim.closest(target, 1000, { family = "v6" }) == six)
		local both = assert(dht.find_node(target))
		assert(#both == 16, #both)
		local hash = id.sha1("both")
		assert(dht.open():announce_peer(hash, 7001) == 16)
		assert(#dht.get_peers(hash) == 2 and #dht.get_peers(hash, { family = "v6" }) == 1)
		assert(not pcall(sim.closest, target, 8, { family = "v5" }) and not pcall(sim.closest, target, 8, "v6"))

		local member = sim.closest(target, 1, { family = "v6" })[1]
		local handle = assert(sim.node(member.addr6))
		assert(handle == sim.node(member.addr) and handle.addr6 == member.addr6 and handle.addr == member.addr)
		assert(dht.rpc.ping(member.addr6).id == member.id)
		assert(sim.remove(member.addr6)[1].id == member.id)
		assert(sim.closest(target, 1, { family = "v6" })[1].id ~= member.id)
		for _, four in ipairs(sim.nodes()) do
			if not four.addr6 and four.online then
				assert(sim.node(four.addr).addr6 == nil)
				break
			end
		end`); err != nil {
		t.Error(err)
	}
}
