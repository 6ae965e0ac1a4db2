package sim

import (
	"testing"
	"time"
)

// The faster mode is used, except for a few probes, and the other one once it has become faster.
func TestProbeTakesTheFasterMode(t *testing.T) {
	var probe modeProbe
	for _, c := range []struct{ serial, parallel time.Duration }{{100, 60}, {100, 300}, {100, 90}} {
		var turns [2]int
		for range 20 * probeEvery {
			parallel, d := probe.parallel(), c.serial
			if parallel {
				d = c.parallel
				turns[1]++
			} else {
				turns[0]++
			}
			probe.record(parallel, d*10, 10)
		}
		slower := turns[1]
		if c.parallel < c.serial {
			slower = turns[0]
		}
		if slower < 20*(probes-1) || slower > 4*probeEvery {
			t.Errorf("%v serial, %v parallel: the slower way was taken %d times of %d", c.serial, c.parallel, slower, 20*probeEvery)
		}
	}
}
