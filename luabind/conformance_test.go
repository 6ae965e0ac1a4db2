package luabind

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/dht/udp"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/scripts"
)

// probing puts a target to the test and raises what failed; only is nil or a word.
const probing = `
	local conformance = require "lightdht.conformance"
	local function probe(target, opts)
		local report = assert(conformance.run(target, opts))
		local failed = {}
		for _, row in ipairs(conformance.faults(report)) do failed[#failed + 1] = row.rule .. " (" .. row.seen .. ")" end
		for _, row in ipairs(report.rows) do
			if row.verdict == "unknown" then failed[#failed + 1] = "unknown: " .. row.rule .. " (" .. row.seen .. ")" end
		end
		return table.concat(failed, "\n"), report
	end
`

// A member of a simulated network keeps to every rule, also to those that take hours
// to see.
func TestConformance(t *testing.T) {
	out, err := runWithLibrary(t, sim.Config{Nodes: 60, Seed: 2}, probing+`
		local failed, report = probe(sim.nodes()[3].addr, { rate = 100 })
		assert(failed == "", failed)
		assert(#report.rows > 100 and conformance.count(report, "pass") >= #report.rows - 1)
		local seen = {} -- rows are told apart by their rules
		for _, row in ipairs(report.rows) do
			assert(not seen[row.rule], row.rule)
			seen[row.rule] = true
		end
		print(conformance.summary(report))`)
	if err != nil {
		t.Error(err)
	}
	t.Log(out)
}

// So does a node on real sockets, in what can be seen at once.
func TestConformanceOverUDP(t *testing.T) {
	for _, addr := range []string{"127.0.0.1:0", "[::1]:0"} {
		t.Run(addr, func(t *testing.T) {
			t.Parallel()
			conformsAt(t, netip.MustParseAddrPort(addr))
		})
	}
}

func conformsAt(t *testing.T, addr netip.AddrPort) {
	listen := func() *udp.Host {
		h, err := udp.Listen(udp.Config{Listen: addr, Node: dht.Config{AnswerRate: -1, Reach: dht.Everywhere()}})
		if err != nil {
			if addr.Addr().Is6() {
				t.Skip("no IPv6 here: ", err)
			}
			t.Fatal(err)
		}
		t.Cleanup(func() { h.Close() })
		return h
	}
	target, own := listen(), listen()
	s := &site{}
	s.open(t, NewUDP(own, nil), engine.Options{Library: scripts.FS})
	if err := s.run("s.lua", fmt.Sprintf(probing+`
		local target = %q
		local failed, report = probe(target, { rate = 1000, patience = 0.2 })
		failed = failed:gsub("unknown: [^\n]*needs a second IP address of ours[^\n]*\n?", "")
		assert(failed == "", failed)
		assert(target:sub(1, 1) == "[" or conformance.count(report, "unknown") == 0)
		assert(conformance.count(report, "pass") > 100 and conformance.count(report, "skip") <= 13)`, target.Addr())); err != nil {
		t.Error(err)
	}
}

// The probe sees what is wrong with nodes that are wrong on purpose.
func TestConformanceFindsFaults(t *testing.T) {
	for _, test := range []struct{ name, fault, rule string }{
		{"names too many", `if q.method == "find_node" then return { nodes = many(9) } end`, "names the K = 8 nearest nodes, and no more"},
		{"broken list", `if q.method == "find_node" then return { nodes = many(8) .. "x" } end`, "names nodes in 26 bytes each, or 38 of IPv6"},
		{"another target", `if q.method == "find_node" then return { nodes = same } end`, "names the nearest to the target that it knows"},
		{"serves the silent", `if q.method == "find_node" then return { nodes = guest(q) } end`, "does not name a node that has never answered, after one query of its"},
		{"another error", `if not q.args.id then return { error = { 201, "no" } } end`, "refuses a query without an id with 203"},
		{"silent", `if q.method == "put" then return false end`, "stores a value, and gives it to others as it was"},
		{"no lists", `if q.method == "get_peers" then return { token = "t" } end`, "names nodes when it has no peers"},
		{"a lower seq", `if q.method == "put" and q.args.seq == 4 then return {} end`, "refuses a lower seq with 302"},
		{"sampled twice", `if q.method == "sample_infohashes" then return { samples = "x", num = 0, interval = 99999 } end`, "wants to be left alone for 0 to 21600 seconds"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			source := probing + `
				local function many(n)
					local list = {}
					for i = 1, n do list[i] = id.raw(id.random()) .. "\1\2\3\4\26\225" end
					return table.concat(list)
				end
				local same, last = many(8), many(8)
				local function guest(q)
					local named = last
					last = id.raw(q.id) .. "\1\2\3\4\26\225" .. many(7)
					if q.args.target == q.id then return last end
					return named
				end
				local bad = dht.open()
				local watch = bad:on("query", function(q) ` + test.fault + ` end)
				local rule = ` + fmt.Sprintf("%q", test.rule) + `
				local _, report = probe(bad.addr, { rate = 100, slow = false, only = rule })
				watch:off()
				assert(#report.rows == 1 and report.rows[1].rule == rule)
				local row = report.rows[1]
				assert(row.verdict == "fail", row.verdict .. ": " .. row.seen)
				assert(row.sent:sub(1, 4) == "d1:a" and not (row.sent .. row.got):find("[%c\127-\255]"), row.sent)`
			if _, err := runWithLibrary(t, sim.Config{Nodes: 60, Seed: 1}, source); err != nil {
				t.Error(err)
			}
		})
	}
}

// A node that a probe kills is said to be dead, and not to be wrong in all else.
func TestConformanceOfTheDead(t *testing.T) {
	_, err := runWithLibrary(t, sim.Config{Nodes: 60, Seed: 1}, probing+`
		local frail = dht.open()
		local watch
		watch = frail:on("query", function(q)
			if q.args.target == 20 then
				watch:off()
				frail:close()
			end
		end)
		local _, report = probe(frail.addr, { rate = 100, slow = false, only = "nodes" })
		local fatal = conformance.faults(report)[1]
		assert(fatal.rule == 'is alive after the probe "refuses a find_node for a target that is a number with 203"', fatal.rule)
		assert(report.rows[#report.rows].verdict == "unknown")
		local none, why = conformance.run(frail.addr)
		assert(none == nil and why:find("no node answers"), why)`)
	if err != nil {
		t.Error(err)
	}
}

// What a node says of itself cannot drive a terminal.
func TestConformanceShowsNoControls(t *testing.T) {
	world, own := openWorld(t, sim.Config{Nodes: 20, Seed: 1})
	odd, err := world.Open(dht.Config{Version: "\x1b[2J\xff"})
	if err != nil {
		t.Fatal(err)
	}
	s := &site{world: world}
	s.open(t, NewSim(world, own), engine.Options{Clock: SimClock(world), Random: rand.NewPCG(1, 1), Library: scripts.FS})
	if err := s.run("s.lua", fmt.Sprintf(probing+`
		local _, report = probe(%q, { rate = 100, only = "names its software" })
		assert(report.version == "?[2J?", report.version)
		assert(not report.rows[1].seen:find("[%%c\127-\255]"))`, odd.Addr())); err != nil {
		t.Error(err)
	}
}
