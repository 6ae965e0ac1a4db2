package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
)

// town is a home, the gate that stands before it, and the internet, in a network
// namespace each. The internet is 46.51.100.0/24 and 2a00:db8:1::/64.
type town struct {
	net, gate, home *island
}

var towns atomic.Int32

// newTown skips the test where there are no namespaces, and where iptables is missing;
// that is a failure in CI, where .ci/run installs it.
func newTown(t *testing.T) *town {
	t.Helper()
	if _, err := exec.LookPath("iptables"); err != nil && os.Getenv("CI") != "" {
		t.Fatalf("%v: see .ci/run", err)
	} else if err != nil {
		t.Skip("iptables is not installed")
	}
	number := towns.Add(1)
	part := func(name string) *island {
		i := &island{t: t, name: fmt.Sprintf("lightdht-%d-%d-%s", os.Getpid(), number, name), dir: t.TempDir()}
		if out, err := exec.Command("ip", "netns", "add", i.name).CombinedOutput(); err != nil {
			t.Skipf("no network namespaces here, which need root: %v %s", err, out)
		}
		t.Cleanup(func() { exec.Command("ip", "netns", "del", i.name).Run() })
		i.ip("link", "set", "lo", "up")
		i.do("sh", "-c", "echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad") // addresses can be used at once
		return i
	}
	town := &town{part("net"), part("gate"), part("home")}
	town.wire(town.net, "street", town.gate, "front")
	town.wire(town.gate, "back", town.home, "door")
	for n := 1; n < 100; n++ {
		town.net.ip("addr", "add", fmt.Sprintf("46.51.100.%d/24", n), "dev", "street")
		town.net.ip("addr", "add", fmt.Sprintf("2a00:db8:1::%d/64", n), "dev", "street", "nodad")
	}
	town.gate.ip("addr", "add", "46.51.100.254/24", "dev", "front")
	town.gate.ip("addr", "add", "2a00:db8:1::254/64", "dev", "front", "nodad")
	town.gate.do("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward && echo 1 >/proc/sys/net/ipv6/conf/all/forwarding")
	return town
}

// wire joins two parts.
func (w *town) wire(a *island, nameA string, b *island, nameB string) {
	a.t.Helper()
	a.ip("link", "add", nameA, "type", "veth", "peer", "name", nameB, "netns", b.name)
	a.ip("link", "set", nameA, "up")
	b.ip("link", "set", nameB, "up")
}

// do runs any command there.
func (i *island) do(args ...string) {
	i.t.Helper()
	if out, err := exec.Command("ip", append([]string{"netns", "exec", i.name}, args...)...).CombinedOutput(); err != nil {
		i.t.Fatalf("%v: %v %s", args, err, out)
	}
}

// rules sets the gate's rules, one a line.
func (w *town) rules(rules string) {
	w.gate.t.Helper()
	for rule := range strings.Lines(rules) {
		if rule = strings.TrimSpace(rule); rule != "" {
			w.gate.do(append([]string{"iptables", "-w"}, strings.Fields(rule)...)...)
		}
	}
}

// private gives the home an address that only the gate knows.
func (w *town) private() {
	w.gate.ip("addr", "add", "10.7.0.1/24", "dev", "back")
	w.home.ip("addr", "add", "10.7.0.2/24", "dev", "door")
	w.home.ip("route", "add", "default", "via", "10.7.0.1")
}

// public gives it one that everybody knows.
func (w *town) public() {
	w.gate.ip("addr", "add", "45.7.113.1/24", "dev", "back")
	w.home.ip("addr", "add", "45.7.113.2/24", "dev", "door")
	w.home.ip("route", "add", "default", "via", "45.7.113.1")
	w.net.ip("route", "add", "45.7.113.0/24", "via", "46.51.100.254")
}

// public6 is public, in IPv6 alone.
func (w *town) public6() {
	w.gate.ip("addr", "add", "2a00:db8:7::1/64", "dev", "back", "nodad")
	w.home.ip("addr", "add", "2a00:db8:7::2/64", "dev", "door", "nodad")
	w.home.ip("route", "add", "default", "via", "2a00:db8:7::1")
	w.net.ip("route", "add", "2a00:db8:7::/64", "via", "2a00:db8:1::254")
}

// people are nodes that are there, and others that come one after the other and walk
// about: some of them meet a newcomer before it has heard of them.
const people = `
local format = arg[1]
local function arrive(i)
  local n = assert(dht.open{ addr = format:format(i) })
  for _ = 1, 6 do n:find_node(id.random()) end
end
for i = 3, 12 do arrive(i) end
print("settled")
for i = 13, 99 do
  sleep(0.2)
  arrive(i)
end
dht.serve()
`

// populate starts nodes at the addresses of a format, %d being 1 to 99, and returns
// where to join through.
func (w *town) populate(format string) (entry string) {
	t := w.net.t
	t.Helper()
	entry = fmt.Sprintf(format, 1)
	start(t, w.net, "listening on", "node", "--listen", entry)
	street := "46.51.100.0/24"
	if strings.HasPrefix(format, "[") {
		street = "2a00:db8:1::/64"
	}
	start(t, w.net, "settled", "run", "--join", entry, "--listen", fmt.Sprintf(format, 2), "--allow-net", street, "-e", people, "--", format)
	return entry
}

// What doctor says behind each kind of gate: in words that are right.
func TestDoctorBehindGates(t *testing.T) {
	t.Parallel() // beside the others: it mostly waits
	const masquerade = "-t nat -A POSTROUTING -o front -j MASQUERADE\n"
	const stateful = `
		-P FORWARD DROP
		-A FORWARD -i back -j ACCEPT
		-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
	`
	const nobody = `^unknown +NAT +nobody came unasked within`
	const somebody = `^ok +NAT +\d+ nodes?, never asked, got through to us within`
	// Linux chooses another port towards a host that it has just kept out, so that it is seldom the
	// same for all.
	const natted = `^ok +address +46\.51\.100\.254:\d+, as \d+ of \d+ nodes see it; behind a NAT, where it is 10\.7\.0\.2:7000`
	for _, c := range []struct {
		name  string
		site  func(*town)
		rules string
		want  []string
	}{
		{"open", (*town).public, "", []string{somebody, `^ok +address +45\.7\.113\.2:7000, .*: its own, no NAT between`}},
		{"full cone", (*town).private, masquerade + "-t nat -A PREROUTING -i front -p udp --dport 7000 -j DNAT --to 10.7.0.2:7000", []string{somebody, natted}},
		{"port-restricted", (*town).private, masquerade, []string{nobody, natted}},
		{"closed", (*town).private, masquerade + stateful, []string{nobody, natted}},
		{"closed, though a port is forwarded", (*town).private, masquerade + "-t nat -A PREROUTING -i front -p udp --dport 7000 -j DNAT --to 10.7.0.2:7000\n" + stateful, []string{nobody, natted}},
		{"closed, without NAT", (*town).public, stateful, []string{nobody, `^ok +address +45\.7\.113\.2:7000, .*: its own, no NAT between`}},
		{"symmetric", (*town).private, "-t nat -A POSTROUTING -o front -p udp -j MASQUERADE --random-fully", []string{nobody, `^failed +address +46\.51\.100\.254, but each node sees another port: a NAT that keeps others out; forward UDP port 7000 to this machine`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			town := newTown(t)
			c.site(town)
			town.rules(c.rules)
			entry := town.populate("46.51.100.%d:6881")
			wait := "5s"
			if c.want[0] == somebody { // newcomers need time to hear of us
				wait = "25s"
			}
			out := town.home.run(0, "doctor", "--join", entry, "--listen", "0.0.0.0:7000", "--wait", wait)
			town.home.expect(out, append(c.want, `^ok +lookup `, `^ok +table `, `^A lookup works from here`)...)
		})
	}
}

// A machine that has IPv6 alone, and one that has no way to anywhere.
func TestDoctorWithoutIPv4(t *testing.T) {
	t.Parallel()
	town := newTown(t)
	town.public6()
	entry := town.populate("[2a00:db8:1::%d]:6881")
	out := town.home.run(0, "doctor", "--join", entry, "--wait", "25s")
	town.home.expect(out, `^ok +bind +\[::\]:\d+`, `^ok +route +from 2a00:db8:7::2`, `^ok +address +\[2a00:db8:7::2\]:\d+, .*: its own, no NAT between`,
		`^ok +NAT +\d+ nodes?, never asked, got through`, `^A lookup works from here`)
	out = town.home.run(6, "doctor", "--join", "46.51.100.1:6881")
	town.home.expect(out, `^failed +route +this machine has no way to 46\.51\.100\.1:6881 \(network is unreachable\); is it connected\?`, `^A lookup would not work`)

	town.home.ip("link", "set", "door", "down")
	out = town.home.run(6, "doctor", "--join", entry)
	town.home.expect(out, `^failed +route +this machine has no way to `+strings.NewReplacer("[", `\[`, "]", `\]`).Replace(entry)+` \(network is unreachable\); is it connected\?`)
	out = town.home.run(6, "doctor", "--live")
	town.home.expect(out, `^failed +resolve .*this machine has no network: there is no route to anywhere; connect it first`)
}
