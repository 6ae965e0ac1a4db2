package e2e

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// said is one line of a node that logs as JSON.
type said struct {
	Level, Msg, Addr, URL string
	Nodes                 *int
}

// TestMetrics scrapes a node as Prometheus does, and reads its log as machines do.
func TestMetrics(t *testing.T) {
	node := exec.Command(filepath.Join(binary, "lightdht"), "node", "--listen", "127.0.0.1:0", "--metrics", ":0", "--log-format", "json")
	stderr, err := node.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	stuck := time.AfterFunc(30*time.Second, func() { node.Process.Kill() })
	defer stuck.Stop()
	log := bufio.NewScanner(stderr)
	next := func(msg string) (s said) {
		t.Helper()
		if !log.Scan() {
			t.Fatalf("it ended before it said %q", msg)
		}
		if err := json.Unmarshal(log.Bytes(), &s); err != nil || s.Level != "INFO" || s.Msg != msg {
			t.Fatalf("it says %s instead of %q (%v)", log.Text(), msg, err)
		}
		return s
	}
	url := next("metrics").URL
	if !strings.HasPrefix(url, "http://127.0.0.1:") {
		t.Errorf("without a host the metrics are at %s", url)
	}
	addr := next("listening").Addr
	if n := next("joined").Nodes; n == nil || *n != 0 {
		t.Error("a node alone knows others")
	}

	join := exec.Command(filepath.Join(binary, "lightdht"), "run", "--join", addr, "--listen", "127.0.0.1:0", "-e", `assert(dht.announce_peer(id.random(), 1))`)
	if out, err := join.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text := scrape(t, url, http.StatusOK)
	for _, want := range []string{
		`(?m)^lightdht_known_nodes 1$`, `(?m)^lightdht_stored_peers 1$`, `(?m)^lightdht_received_queries_total [1-9]`,
		`(?m)^# HELP lightdht_stored_peers \w`, `(?m)^# TYPE lightdht_received_queries_total counter$`,
		`(?m)^lightdht_dropped_packets_total{reason="rate_limited"} 0$`, `(?m)^process_resident_memory_bytes `,
	} {
		if !regexp.MustCompile(want).MatchString(text) {
			t.Errorf("no line matches %s in\n%s", want, text)
		}
	}
	scrape(t, strings.TrimSuffix(url, "metrics"), http.StatusNotFound)

	if err := node.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	next("ended")
	if err := node.Wait(); err != nil {
		t.Error(err)
	}
	if _, err := http.Get(url); err == nil {
		t.Error("the metrics outlive the node")
	}
}

// scrape returns what is at url.
func scrape(t *testing.T, url string, status int) string {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != status {
		t.Fatalf("%s: %s (%v)", url, r.Status, err)
	}
	return string(text)
}
