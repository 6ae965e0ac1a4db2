package language

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"
)

func TestTry(t *testing.T) {
	n, _ := strconv.ParseUint(os.Getenv("N"), 10, 64)
	s, _ := strconv.ParseUint(os.Getenv("S"), 10, 64)
	g := gate{workers: 2, make: func() (implementation, implementation, error) {
		r, err := newReference(t.TempDir())
		if err != nil {
			return nil, nil, err
		}
		return subject{}, r, nil
	}}
	start := time.Now()
	found, err := g.run(s, n)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(len(found), "of", n, time.Since(start))
	sorts := map[string]int{}
	for _, f := range found {
		sorts[f.sort]++
	}
	fmt.Println(sorts)
	got, want, _ := g.make()
	start = time.Now()
	seen := map[string]int{}
	for _, f := range found {
		if time.Since(start) > 60*time.Second {
			break
		}
		small := reduced(f, got, want)
		k := small.key()
		seen[k]++
		if seen[k] == 1 {
			fmt.Println(small)
		}
	}
	endings := map[string]int{}
	bytes := 0
	lines := 0
	for seed := s; seed < s+n; seed++ {
		o := want.run(program(seed).String())
		endings[o.ending]++
		bytes += len(o.output)
		if o.ending != "done" && endings[o.ending] < 4 {
			fmt.Println(seed, o.ending, o.text)
		}
		for _, c := range program(seed).String() {
			if c == '\n' {
				lines++
			}
		}
	}
	fmt.Println(endings, bytes, lines)
}
