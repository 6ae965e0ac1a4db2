package spell

import "testing"

func TestNearest(t *testing.T) {
	names := []string{"find_node", "get_peers", "ping", "pink", "put"}
	for word, want := range map[string]string{
		"get_peer": "get_peers", "Get_Peers": "get_peers", "gte_peers": "get_peers", // one swap
		"pin":  "ping", // as near as pink: the first in the alphabet
		"ping": "pink", "announce": "", "p": "", "": "", "xyzabc": "",
	} {
		if got := Nearest(word, names); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}
