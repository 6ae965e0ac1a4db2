package luabind

import (
	"fmt"
	"strings"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/store"
)

// lifetimes says how long things last that a node stores, as the constants have it.
var lifetimes = fmt.Sprintf("What nodes store is not for ever. An announce lasts %s after it was last made, an item of BEP 44 %s after it was last put; "+
	"a token is good for %s to %s; the info-hashes that a node tells those who sample are drawn anew %s. "+
	"With keep_alive, a node announces again %s and puts again %s.",
	spoken(store.DefaultExpiry), spoken(store.DefaultItemExpiry), spoken(store.TokenSpan), spoken(2*store.TokenSpan),
	every(store.MaxSampleInterval), every(dht.AnnounceAgain), every(dht.PutAgain))

// How long nodes keep an item of BEP 44, and how often one puts it again that is to stay: in
// words, for the commands that share files.
var (
	ItemLifetime = spoken(store.DefaultItemExpiry) // "2 hours"
	ItemRenewal  = every(dht.PutAgain)             // "every hour"
)

// spoken is a duration in words: "32 minutes", "2 hours".
func spoken(d time.Duration) string {
	var words []string
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"hour", time.Hour}, {"minute", time.Minute}, {"second", time.Second}} {
		n := d / unit.size
		if d -= n * unit.size; n > 0 {
			words = append(words, plural(int(n), unit.name))
		}
	}
	return strings.Join(words, " ")
}

// every is how often something happens: "every hour".
func every(d time.Duration) string { return "every " + strings.TrimPrefix(spoken(d), "1 ") }

// plural is a number with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
