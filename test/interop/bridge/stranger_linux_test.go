package bridge

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/lightdht/lightdht/test/interop/netns"
)

// garbage is one datagram each. Every client complains of one of them.
var garbage = []string{
	"nonsense",
	"d1:ad2:id3:aaae1:q4:ping1:t2:xx1:y1:qe",
	"d1:rd2:id20:aaaaaaaaaaaaaaaaaaaae1:t2:zz1:y1:re",
}

// awake waits until a client has entered and names others. One that knows nobody may answer with an
// error, as rTorrent does.
func (g *guest) awake(t *testing.T) {
	t.Helper()
	conn := call(t, g.Addr.String())
	netns.Eventually(t, func() bool { return len(conn.findNode(someID).nodes) > 0 }, func() string {
		return fmt.Sprintf("%s names nobody:\n%s\n%s", g.Name, g.Stdout.End(), g.Stderr.End())
	})
}

// someID is an id that nobody has.
const someID = "strangersstrangers.."

// controls shows that the tests before can fail: the router does not let a stranger in, packets do
// get lost, and the clients do complain.
func (w *world) controls(t *testing.T) {
	hub := call(t, w.hub)
	netns.Eventually(t, func() bool { return len(hub.findNode(someID).nodes) > 0 }, func() string {
		return fmt.Sprintf("our node %s names nobody to a stranger", w.hub)
	})
	if w.guests[0].Process != nil && len(call(t, routerAddr+":6900").findNode(someID).nodes) > 0 {
		t.Error("the router lets a stranger in")
	}
	if dropped := dropped(t, w.lossy); dropped == 0 {
		t.Error("no packet got lost")
	}
	for _, g := range w.guests {
		if g.Process != nil {
			w.minds(t, g)
		}
	}
}

// minds shows that a client complains of garbage: in its log or, where it logs nothing of packets,
// by an error.
func (w *world) minds(t *testing.T, g *guest) {
	t.Helper()
	conn := call(t, g.Addr.String())
	netns.Eventually(t, func() bool {
		for _, datagram := range garbage {
			fmt.Fprint(conn, datagram)
		}
		if g.complaint == nil {
			return len(w.errorsOf(g, isStranger)) > 0
		}
		return len(g.complaints()) > 0
	}, func() string {
		return fmt.Sprintf("%s complains of no garbage: does it still say %q?", g.Name, g.complaint)
	})
}

func isStranger(addr netip.Addr) bool { return addr == netip.MustParseAddr(netns.Stranger) }

// A caller is a socket of the stranger's.
type caller struct{ net.Conn }

func call(t *testing.T, to string) caller {
	t.Helper()
	conn, err := (&net.Dialer{LocalAddr: &net.UDPAddr{IP: net.ParseIP(netns.Stranger)}}).Dial("udp4", to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return caller{conn}
}

// findNode asks for the nodes nearest to an id, and returns what is answered within a second, if
// anything. The stranger says that it is no node (BEP 43).
func (c caller) findNode(id string) reply {
	query := "d1:ad2:id20:" + someID + "6:target20:" + id + "e1:q9:find_node2:roi1e1:t2:st1:y1:qe"
	if _, err := fmt.Fprint(c, query); err != nil {
		return reply{} // the port was closed when the last one came
	}
	c.SetReadDeadline(time.Now().Add(time.Second))
	buffer := make([]byte, maxDatagram)
	for {
		n, err := c.Read(buffer)
		if err != nil {
			return reply{}
		}
		value, _ := decode(buffer[:n])
		message, _ := value.(map[string]any)
		results, _ := message["r"].(map[string]any)
		id, _ := results["id"].(string)
		nodes, _ := results["nodes"].(string)
		if message["t"] == "st" && len(id) == 20 && len(nodes)%26 == 0 {
			return reply{id, contactsIn(nodes)}
		}
	}
}

// contactsIn cuts a string into the contacts of 26 bytes that it is made of.
func contactsIn(nodes string) (contacts []string) {
	for contact := range slices.Chunk([]byte(nodes), 26) {
		contacts = append(contacts, string(contact))
	}
	return contacts
}
