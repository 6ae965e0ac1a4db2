package network

import (
	"slices"
	"strings"
	"testing"
)

// Short forms are settings that ParseSettings reads, or refuses by name.
func TestShort(t *testing.T) {
	for _, c := range []struct{ setting, text, want string }{
		{"nodes", "20", "nodes=20"},
		{"", "mix.liar=0.1", "mix.liar=0.1"},
		{"latency", "0.05", "latency=0.05"},
		{"latency", "0.1,0.6", "latency.median=0.1 latency.sigma=0.6"},
		{"churn", "weibull", "churn.session.dist=weibull"},
		{"churn", "weibull:0.43:28380", "churn.session.dist=weibull churn.session.shape=0.43 churn.session.scale=28380"},
		{"churn", "exponential:3600,constant:60", "churn.session.dist=exponential churn.session.mean=3600 churn.downtime.dist=constant churn.downtime.mean=60"},
	} {
		got := Short(c.setting, c.text)
		if !slices.Equal(got, strings.Fields(c.want)) {
			t.Errorf("%s %s: %q, want %q", c.setting, c.text, got, c.want)
		}
		if _, err := ParseSettings(got); err != nil {
			t.Errorf("%s %s: %v", c.setting, c.text, err)
		}
	}
	if _, err := ParseSettings(Short("churn", "exponential:1:2")); err == nil || !strings.Contains(err.Error(), "surplus") {
		t.Errorf("a number too many: %v", err)
	}
}
