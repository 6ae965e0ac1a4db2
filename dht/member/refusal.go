package member

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/entry"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/engine/visible"
)

// maxRefusal bounds how much of a stranger's error message is shown, in bytes; chosen by us.
const maxRefusal = 80

// refusals are the errors with which the hosts to join through answer. The zero value is
// ready. Its methods may be called from any goroutine.
type refusals struct {
	mu   sync.Mutex
	said map[netip.AddrPort]string // what each answered last, in words
}

// note takes what became of a query to one of the hosts. That it was not answered says
// nothing of the times it was.
func (r *refusals) note(reply dht.Reply) {
	text := refusalText(reply.Err)
	if text == "" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.said == nil {
		r.said = make(map[netip.AddrPort]string)
	}
	r.said[reply.From.Addr] = text
}

// sort says which of the hosts have refused, and how, and returns the others.
func (r *refusals) sort(hosts []netip.AddrPort) (text string, silent []netip.AddrPort) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var said []string
	by := map[string][]netip.AddrPort{}
	for _, host := range hosts {
		text := r.said[host]
		if text == "" {
			silent = append(silent, host)
		} else if !slices.Contains(by[text], host) { // flags may name it twice
			if by[text] == nil {
				said = append(said, text)
			}
			by[text] = append(by[text], host)
		}
	}
	for i, text := range said {
		verb := "answers"
		if len(by[text]) > 1 {
			verb = "answer"
		}
		said[i] = fmt.Sprintf("%s %s, but %s", entry.List(by[text]), verb, text)
	}
	return strings.Join(said, "; "), silent
}

// refusalText is what an answer that is an error says; "" if err is not about such an
// answer.
func refusalText(err error) string {
	if errors.Is(err, dht.ErrMalformed) {
		return "the answer makes no sense"
	}
	remote, ok := errors.AsType[*krpc.Error](err)
	if !ok {
		return ""
	}
	text := "with an error"
	if remote.Code != 0 {
		text = fmt.Sprintf("with error %d", remote.Code)
	}
	if remote.Message != "" {
		text += ": " + visible.Line(clipped(remote.Message))
	}
	return text
}

// clipped is the beginning of a stranger's text.
func clipped(text string) string {
	if len(text) <= maxRefusal {
		return text
	}
	end := maxRefusal
	for end > maxRefusal-utf8.UTFMax && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "..."
}
