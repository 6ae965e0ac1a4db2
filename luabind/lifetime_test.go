package luabind

import (
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht/store"
)

// How long things last is in the help of dht and of sim, as the constants have it.
func TestLifetimes(t *testing.T) {
	for _, name := range []string{"dht", "sim"} {
		text, _ := HelpWithin(name, 1<<20)
		for _, want := range []string{
			"An announce lasts 32 minutes after it was last made, an item of BEP 44 2 hours after it was last put",
			"a token is good for 5 minutes to 10 minutes", "drawn anew every 6 hours",
			"announces again every 15 minutes and puts again every hour",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("help %s does not say %q", name, want)
			}
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
