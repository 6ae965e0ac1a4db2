package luabind

import (
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht/store"
)

// How long things last is in the help, as the constants have it.
func TestLifetimes(t *testing.T) {
	text, _ := HelpWithin("lifetimes", 1<<20)
	for _, want := range []string{
		"an announced peer\n      kept for: 32 minutes after the last announce", "an item of BEP 44\n      kept for: 2 hours after the last put",
		"a token\n      kept for: 5 minutes to 10 minutes", "up to 6 hours",
		"dht.announce_peer with keep_alive: every 15 minutes", "dht.put with keep_alive: every hour",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("help lifetimes does not say %q:\n%s", want, text)
		}
	}
	for _, name := range []string{"dht", "sim"} {
		if text, _ := Help(name); !strings.Contains(text, "lifetimes") {
			t.Errorf("help %s does not name the table of lifetimes", name)
		}
	}
	if text, _ := HelpWithin("dht.announce_peer", 1<<20); !strings.Contains(text, "They keep it for "+spoken(store.DefaultExpiry)) {
		t.Errorf("help of announce_peer: %s", text)
	}
	for d, want := range map[time.Duration]string{
		time.Hour: "1 hour", 90 * time.Minute: "1 hour 30 minutes", 61 * time.Second: "1 minute 1 second",
	} {
		if got := spoken(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
