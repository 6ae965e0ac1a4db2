package metrics

import (
	"io"
	"net"
	"net/http"
	"testing"
)

// The server answers at /metrics, nowhere else, and no longer once it is closed.
func TestServer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "numbers") }))
	base := "http://" + listener.Addr().String()
	if s.URL() != base+"/metrics" {
		t.Errorf("the URL is %s", s.URL())
	}
	for path, want := range map[string]int{"/metrics": http.StatusOK, "/": http.StatusNotFound, "/metrics/more": http.StatusNotFound} {
		answer, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != want || err != nil || want == http.StatusOK && string(text) != "numbers" {
			t.Errorf("%s: %s, %q, %v", path, answer.Status, text, err)
		}
	}
	answer, err := http.Post(s.URL(), "text/plain", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %s", answer.Status)
	}
	s.Close()
	if conn, err := net.Dial("tcp", listener.Addr().String()); err == nil {
		conn.Close()
		t.Error("it still listens")
	}
}
