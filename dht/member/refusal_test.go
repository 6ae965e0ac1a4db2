package member

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"unicode"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/entry"
	"github.com/lightdht/lightdht/dht/krpc"
)

// The error that the node is not let in says of each host what came from there.
func TestUnanswered(t *testing.T) {
	hosts := []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:1"), netip.MustParseAddrPort("127.0.0.1:2"), netip.MustParseAddrPort("127.0.0.1:3")}
	none := &krpc.Error{Code: 201, Message: "No nodes"}
	for name, test := range map[string]struct {
		said              [3]error
		failed, meanwhile string // the error, and what is told before
	}{
		"silence": {
			[3]error{dht.ErrTimeout, nil, dht.ErrTimeout},
			"nobody answers at 127.0.0.1:1, 127.0.0.1:2, 127.0.0.1:3, for 15s; is the node there running, and is UDP let through?",
			"no answer yet from 127.0.0.1:1, 127.0.0.1:2, 127.0.0.1:3; asking again, for 15s",
		},
		"one": {
			[3]error{dht.ErrTimeout, none, nil},
			"127.0.0.1:2 answers, but with error 201: No nodes; nobody answers at 127.0.0.1:1, 127.0.0.1:3; asked again and again, for 15s",
			"127.0.0.1:2 answers, but with error 201: No nodes; no answer yet from 127.0.0.1:1, 127.0.0.1:3; asking again, for 15s",
		},
		"all": {
			[3]error{none, dht.ErrMalformed, none},
			"127.0.0.1:1, 127.0.0.1:3 answer, but with error 201: No nodes; 127.0.0.1:2 answers, but the answer makes no sense; asked again and again, for 15s",
			"127.0.0.1:1, 127.0.0.1:3 answer, but with error 201: No nodes; 127.0.0.1:2 answers, but the answer makes no sense; asking again, for 15s",
		},
	} {
		m := &Member{entry: hosts}
		for i, err := range test.said {
			if err != nil {
				err = &dht.QueryError{Method: "find_node", To: hosts[i], Err: err}
				m.refused.note(dht.Reply{From: krpc.Contact{Addr: hosts[i]}, Err: err})
			}
		}
		if got := m.unanswered(); !isNetwork(got) || got.Error() != test.failed {
			t.Errorf("%s: %v\nwant %s", name, got, test.failed)
		}
		if got := m.waiting(false); got != test.meanwhile {
			t.Errorf("%s: %s\nwant %s", name, got, test.meanwhile)
		}
	}
}

// isNetwork reports whether an error is about the network.
func isNetwork(err error) bool {
	_, ok := errors.AsType[*entry.Error](err)
	return ok
}

// A host that answered with an error and then is silent has still answered.
func TestRefusalStays(t *testing.T) {
	var r refusals
	host := netip.MustParseAddrPort("127.0.0.1:1")
	for _, err := range []error{&krpc.Error{Code: 1}, &krpc.Error{Code: 2}, dht.ErrTimeout, nil} {
		r.note(dht.Reply{From: krpc.Contact{Addr: host}, Err: err})
	}
	if text, silent := r.sort([]netip.AddrPort{host, host}); text != "127.0.0.1:1 answers, but with error 2" || len(silent) > 0 {
		t.Errorf("%q, %v", text, silent)
	}
}

// The text of a stranger is cut short, put on one line, and cannot control a terminal.
func TestRefusalText(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "with error 201",
		"No nodes":                     "with error 201: No nodes",
		"\x1b[2J\n\xff\u202e":          `with error 201: \x1b[2J\n\xff\u202e`,
		strings.Repeat("x", 1000):      "with error 201: " + strings.Repeat("x", 80) + "...",
		"x" + strings.Repeat("é", 500): "with error 201: x" + strings.Repeat("é", 39) + "...",
	} {
		if got := refusalText(&krpc.Error{Code: 201, Message: text}); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for _, text := range []string{strings.Repeat("\x80", 1000), strings.Repeat("\x1b]0;\a", 1000)} {
		if got := refusalText(&krpc.Error{Message: text}); len(got) > 400 || strings.ContainsFunc(got, unicode.IsControl) {
			t.Errorf("%q", got)
		}
	}
	if got := refusalText(errors.New("out of reach")); got != "" {
		t.Errorf("%q", got)
	}
}
