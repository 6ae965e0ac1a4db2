package bridge

import (
	"fmt"
	"net"
	"testing"
	"time"
)

// garbage is what a client should complain of. Each is one datagram.
var garbage = []string{
	"nonsense",
	"d1:ad2:id20:aaaaaaaaaaaaaaaaaaaae1:q4:ping1:t2:xx1:y1:q",
	"d1:ad2:id3:aaae1:q4:ping1:t2:xx1:y1:qe",
	"d1:rd2:id20:aaaaaaaaaaaaaaaaaaaae1:t2:zz1:y1:re",
	"d1:ade1:q9:find_node1:t2:xx1:y1:qe",
}

const ping = "d1:ad2:id20:strangersstrangers..e1:q4:ping1:t2:st1:y1:qe"

// awake waits until a client answers a ping of a stranger's.
func (g *guest) awake(t *testing.T) {
	t.Helper()
	conn := call(t, g.addr.String())
	eventually(t, func() bool { return conn.answers(ping) }, func() string {
		return fmt.Sprintf("%s answers no ping:\n%s\n%s", g.name, g.stdout.end(), g.stderr.end())
	})
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

// answers sends a datagram and reports whether anything comes back within a second.
func (c caller) answers(datagram string) bool {
	if _, err := c.Write([]byte(datagram)); err != nil {
		return false // the port was closed when the last one came
	}
	c.SetReadDeadline(time.Now().Add(time.Second))
	_, err := c.Read(make([]byte, 1500))
	return err == nil
}
