package experiment

import (
	"strings"
	"testing"

	"github.com/lightdht/lightdht/luabind/network"
)

// Only settings that were asked for, and can be a cause, are named.
func TestNoEntry(t *testing.T) {
	for settings, want := range map[string]string{
		"":               "",
		"k=4 nodes=10":   "",
		"loss=0 nat=0":   "",
		"latency=0.1":    "",
		"latency=0.05":   "",
		"latency=60":     "latency = 60",
		"loss=0.9 nat=1": "loss = 0.9, nat = 1",
		"mtu=68 fragment=true latency.median=0.05": "",
		"mtu=68 fragment=false":                    "mtu = 68",
		"latency.sigma=2":                          "latency = {sigma = 2}",
		"mix.delay=3":                              "",
		"mix.slow=1":                               "mix = {slow = 1}",
		"inbound.wait=1":                           "",
		"inbound.datagrams=1":                      "inbound = {datagrams = 1}",
		"churn=weibull partition=0.5 simulate_idle=true v6=0.1": `churn = "weibull", partition = 0.5`,
	} {
		spec, err := network.ParseSettings(strings.Fields(settings))
		if err != nil {
			t.Fatal(err)
		}
		_, got, _ := strings.Cut(noEntry(spec).Error(), "has answered")
		if want != "" {
			want = "; what can be the cause: " + want
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", settings, got, want)
		}
	}
}
