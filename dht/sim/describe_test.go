package sim

import (
	"fmt"
	"strings"
	"testing"
)

// The text must name the defaults that are in force.
func TestDescribe(t *testing.T) {
	text := Describe()
	words := strings.Join(strings.Fields(text), " ")
	for _, want := range []string{
		fmt.Sprintf("median %d ms and sigma %v", DefaultMedian.Milliseconds(), DefaultSigma),
		fmt.Sprintf("by default %d members", DefaultNodes),
		fmt.Sprintf("shape %v and scale %v min = %v s", DefaultShape, DefaultScale.Minutes(), DefaultScale.Seconds()),
		fmt.Sprintf("a mean of %.1f hours", Law{Dist: Weibull}.withDefaults().mean()/3600e9),
		fmt.Sprintf("slow (by %v s on average", DefaultDelay.Seconds()),
		fmt.Sprintf("up to %d ms by default", DefaultWait.Milliseconds()),
		fmt.Sprintf("by default %d of them, exponent %v", DefaultTorrents, Traffic{Every: minLaw}.withDefaults().Exponent),
		fmt.Sprintf("in the last %v minutes", freshness.Minutes()),
		fmt.Sprintf("Then %v minutes pass", settling.Minutes()),
		"k = 8", "alpha = 3", "two minutes", "BEP 5", "RFC 791", "IMC 2006",
	} {
		if !strings.Contains(words, want) {
			t.Errorf("the text does not say %q", want)
		}
	}
	if !strings.HasPrefix(text, "The model, and its defaults\n\n") || strings.ContainsAny(text, "[]#") || strings.Contains(text, "//") {
		t.Errorf("it is not plain text:\n%s", text)
	}
	for line := range strings.Lines(text) {
		if len(line) > 81 {
			t.Errorf("a long line: %s", line)
		}
	}
}
