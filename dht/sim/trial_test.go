package sim

import (
	"testing"
	"time"
)

// The faster way is taken but for a few tries, and the other one when it has become faster.
func TestTrialTakesTheFasterWay(t *testing.T) {
	var trial trial
	for _, c := range []struct{ alone, together time.Duration }{{100, 60}, {100, 300}, {100, 90}} {
		var turns [2]int
		for range 20 * turnsEach {
			together, d := trial.together(), c.alone
			if together {
				d = c.together
				turns[1]++
			} else {
				turns[0]++
			}
			trial.took(together, d*10, 10)
		}
		slower := turns[1]
		if c.together < c.alone {
			slower = turns[0]
		}
		if slower < 20*(tries-1) || slower > 4*turnsEach {
			t.Errorf("%v alone, %v together: the slower way was taken %d times of %d", c.alone, c.together, slower, 20*turnsEach)
		}
	}
}
