package e2e

import (
	"net"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/lightdht/lightdht/dht/krpc"
)

// A run whose entry answers with an error at first is in as soon as it answers properly. The
// entry is a socket that answers each query at once.
func TestRunJoinsAfterErrors(t *testing.T) {
	entry, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	queries, over := 0, make(chan struct{})
	defer func() { entry.Close(); <-over }()
	go func() {
		defer close(over)
		packet := make([]byte, 2000)
		for {
			n, from, err := entry.ReadFrom(packet)
			if err != nil {
				return
			}
			var m krpc.Message
			if err := m.Parse(packet[:n]); err != nil || m.Kind != krpc.KindQuery {
				continue
			}
			answer := "d1:rd2:id20:abcdefghij01234567895:nodes0:e1:t4:" + string(m.Tx) + "1:y1:re"
			if queries++; queries <= 2 {
				answer = "d1:eli201e8:No nodese1:t4:" + string(m.Tx) + "1:y1:ee"
			}
			entry.WriteTo([]byte(answer), from)
		}
	}()
	run := exec.Command(filepath.Join(binary, "lightdht"), "run", "--join", entry.LocalAddr().String(), "-e", "print(#dht.table)")
	if out, err := run.CombinedOutput(); err != nil || string(out) != "1\n" {
		t.Errorf("%v: %s", err, out)
	}
}
