package bridge

import (
	"fmt"
	"net"
	"testing"
	"time"
)

// garbage is one datagram each. Every client that logs such things complains of one of them.
var garbage = []string{
	"nonsense",
	"d1:ad2:id3:aaae1:q4:ping1:t2:xx1:y1:qe",
	"d1:rd2:id20:aaaaaaaaaaaaaaaaaaaae1:t2:zz1:y1:re",
}

// findNode is a query of the stranger's.
const findNode = "d1:ad2:id20:strangersstrangers..6:target20:strangersstrangers..e1:q9:find_node1:t2:st1:y1:qe"

// awake waits until a client has entered and names others. One that knows nobody may answer with an error, as rTorrent
// does.
func (g *guest) awake(t *testing.T) {
	t.Helper()
	conn := call(t, g.addr.String())
	eventually(t, func() bool { return conn.names() }, func() string {
		return fmt.Sprintf("%s names nobody:\n%s\n%s", g.name, g.stdout.end(), g.stderr.end())
	})
}

// controls shows that the tests before can fail: the router does not let a stranger in, packets do get lost, and the
// clients do complain.
func (w *world) controls(t *testing.T) {
	if !call(t, w.hub).names() {
		t.Errorf("our node %s names nobody to a stranger", w.hub)
	}
	if w.guests[0].process != nil && call(t, routerAddr+":6900").names() {
		t.Error("the router lets a stranger in")
	}
	if dropped := w.lossy.dropped(t); dropped == 0 {
		t.Error("no packet got lost")
	}
	for _, g := range w.guests {
		if g.process == nil || g.complaint == nil {
			continue
		}
		conn := call(t, g.addr.String())
		for _, datagram := range garbage {
			fmt.Fprint(conn, datagram)
		}
		eventually(t, func() bool { return len(g.complaints()) > 0 }, func() string {
			return fmt.Sprintf("%s complains of no garbage: does it still say %q?", g.name, g.complaint)
		})
	}
}

// A caller is a socket of the stranger's.
type caller struct{ net.Conn }

func call(t *testing.T, to string) caller {
	t.Helper()
	conn, err := (&net.Dialer{LocalAddr: &net.UDPAddr{IP: net.ParseIP(stranger)}}).Dial("udp4", to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return caller{conn}
}

// names asks for nodes, and reports whether some are named within a second.
func (c caller) names() bool {
	if _, err := fmt.Fprint(c, findNode); err != nil {
		return false // the port was closed when the last one came
	}
	c.SetReadDeadline(time.Now().Add(time.Second))
	buffer := make([]byte, maxDatagram)
	for {
		n, err := c.Read(buffer)
		if err != nil {
			return false
		}
		value, _ := decode(buffer[:n])
		message, _ := value.(map[string]any)
		results, _ := message["r"].(map[string]any)
		if named, _ := results["nodes"].(string); named != "" {
			return true
		}
	}
}
