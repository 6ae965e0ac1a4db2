package conformance

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/test/interop/netns"
)

// An exchange is what was said between a client and three sockets of this process: a and b at two
// addresses, and one that sends but never answers. Nothing of it is shared with the probe.
type exchange struct {
	t            *testing.T
	addr         string // of the client
	a, b, silent *caller
	lines        []string
}

func newExchange(t *testing.T, addr string) *exchange {
	t.Helper()
	x := &exchange{t: t, addr: addr}
	x.a, x.b, x.silent = x.another(), x.dial(netns.AddrOf(rawRow, 1)), x.another()
	return x
}

// another is one more socket at the address of a.
func (x *exchange) another() *caller { return x.dial(netns.AddrOf(rawRow, 0)) }

func (x *exchange) said() string { return strings.Join(x.lines, "\n") }

// A caller is a socket with an id that stays.
type caller struct {
	net.Conn
	id   string
	with *exchange
}

func (x *exchange) dial(from string) *caller {
	x.t.Helper()
	conn, err := (&net.Dialer{LocalAddr: &net.UDPAddr{IP: net.ParseIP(from)}}).Dial("udp4", x.addr)
	if err != nil {
		x.t.Fatal(err)
	}
	x.t.Cleanup(func() { conn.Close() })
	return &caller{conn, random(), x}
}

// random is an id, or a target, that nobody has.
func random() string {
	var id [20]byte
	rand.Read(id[:])
	return string(id[:])
}

const (
	// wait is how long an answer may take, and tries how often it is asked for.
	wait  = time.Second
	tries = 3
	// pace is between two datagrams to a client: libtorrent bans those who send more than five in a
	// second.
	pace = 400 * time.Millisecond
)

// ping is a query; the first @ of a datagram stands for the id of the sender as a string of
// bencode.
const ping = "d1:ad2:id@e1:q4:ping1:t2:aa1:y1:qe"

// ask sends a datagram until something comes that is no query, and returns that; "" if nothing
// does. What comes is read for at least as long as the pace, so that no late answer is taken for
// the next one.
func (c *caller) ask(datagram string) (answer string) {
	for range tries {
		c.send(datagram)
		if answer = c.hear(); answer != "" {
			break
		}
	}
	return answer
}

// send sends a datagram once.
func (c *caller) send(datagram string) {
	datagram = strings.Replace(datagram, "@", "20:"+c.id, 1)
	c.with.lines = append(c.with.lines, fmt.Sprintf("%v sends %q", c.LocalAddr(), datagram))
	fmt.Fprint(c, datagram) // an error says that the port was closed when the last one came
}

// hear returns the first datagram that is no query.
func (c *caller) hear() (answer string) {
	c.SetReadDeadline(time.Now().Add(wait))
	buffer := make([]byte, 1<<16)
	for {
		n, err := c.Read(buffer)
		if err != nil {
			return answer
		}
		if bytes.Contains(buffer[:n], []byte("1:y1:q")) || answer != "" {
			continue
		}
		answer = string(buffer[:n])
		c.with.lines = append(c.with.lines, fmt.Sprintf("%v gets %q", c.LocalAddr(), answer))
		c.SetReadDeadline(time.Now().Add(pace))
	}
}

// findNode asks for the nodes nearest to a target.
func (c *caller) findNode(target string) string {
	return c.ask("d1:ad2:id@6:target20:" + target + "e1:q9:find_node1:t2:fn1:y1:qe")
}

// getPeers asks for the peers of a torrent.
func (c *caller) getPeers(hash string) string {
	return c.ask("d1:ad2:id@9:info_hash20:" + hash + "e1:q9:get_peers1:t2:gp1:y1:qe")
}

// announce announces a peer with a fresh token; port is bencode with its key, "4:porti7001e".
func (c *caller) announce(hash, port string) string {
	token := field(c.getPeers(hash), "token")
	return c.ask(fmt.Sprintf("d1:ad2:id@9:info_hash20:%s%s5:token%d:%se1:q13:announce_peer1:t2:ap1:y1:qe", hash, port, len(token), token))
}

// get asks for an item.
func (c *caller) get(target string) string {
	return c.ask("d1:ad2:id@6:target20:" + target + "e1:q3:get1:t2:ge1:y1:qe")
}

// put puts an item with a fresh token; before and after are the arguments on both sides of that.
func (c *caller) put(target, before, after string) string {
	token := field(c.get(target), "token")
	return c.ask(fmt.Sprintf("d1:ad%s5:token%d:%s%se1:q3:put1:t2:pu1:y1:qe", before, len(token), token, after))
}

// field is the string that an answer has under a key; "" without one.
func field(answer, key string) string {
	at := regexp.MustCompile(fmt.Sprintf(`%d:%s(\d+):`, len(key), key)).FindStringSubmatchIndex(answer)
	if at == nil {
		return ""
	}
	size, err := strconv.Atoi(answer[at[2]:at[3]])
	if err != nil || at[1]+size > len(answer) {
		return ""
	}
	return answer[at[1] : at[1]+size]
}

// contacts are those that an answer names, of 26 bytes each; none if the list has another length.
func contacts(answer string) (list []string) {
	nodes := field(answer, "nodes")
	if len(nodes)%26 != 0 {
		return nil
	}
	for contact := range slices.Chunk([]byte(nodes), 26) {
		list = append(list, string(contact))
	}
	return list
}

// names reports whether an answer names an id at the address of a socket.
func names(answer string, c *caller) bool {
	return slices.Contains(contacts(answer), c.id+compact(c.LocalAddr().(*net.UDPAddr).AddrPort()))
}

// compact is an address in six bytes.
func compact(addr netip.AddrPort) string {
	ip := addr.Addr().Unmap().As4()
	return string(ip[:]) + string([]byte{byte(addr.Port() >> 8), byte(addr.Port())})
}

// peer is how an answer lists a peer at the address of a socket.
func peer(c *caller, port uint16) string {
	return "6:" + compact(netip.AddrPortFrom(c.LocalAddr().(*net.UDPAddr).AddrPort().Addr(), port))
}

// nearer compares the distances of two ids to a target.
func nearer(target, a, b string) bool {
	for i := range target {
		if x, y := a[i]^target[i], b[i]^target[i]; x != y {
			return x < y
		}
	}
	return false
}
