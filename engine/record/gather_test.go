package record

import (
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
)

// held makes the rows that run number n recorded.
func held(t *testing.T, n int) *Held {
	t.Helper()
	h := new(Held)
	r := New(Limits{}, h)
	for i := range n % 4 {
		table := []string{"", "walks"}[i%2]
		if err := r.Add(table, Row{{"i", i}, {"run" + strings.Repeat("+", n%3), n}}); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func lead(n int) Row { return Row{{"loss", float64(n%3) / 10}, {"seed", n}} }

// TestGatherOrder: any number of workers, ending in any order, give the same bytes.
func TestGatherOrder(t *testing.T) {
	const runs = 60
	gather := func(workers int, memory int64) string {
		var out strings.Builder
		r := New(Limits{}, NewLines(&out))
		g := NewGather(r, memory)
		numbers := make(chan int)
		var all sync.WaitGroup
		for range workers {
			all.Go(func() {
				for n := range numbers {
					var rows *Held
					if n%7 != 6 { // that one failed
						rows = held(t, n)
					}
					if err := g.Add(n, lead(n), rows); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for n := range runs {
			numbers <- n
		}
		close(numbers)
		all.Wait()
		if err := errors.Join(g.Close(), r.Close()); err != nil {
			t.Error(err)
		}
		return out.String()
	}
	want := gather(1, 0)
	if !strings.HasPrefix(want, `{"loss":0.1,"seed":1,"i":0,"run+":1}`+"\n"+`{"loss":0.2,"seed":2,"i":0,"run++":2}`+"\n"+`{"_table":"walks","loss":0.2,"seed":2,"i":1,"run++":2}`) {
		t.Errorf("%.200s", want)
	}
	for _, memory := range []int64{0, 300, 1 << 20} {
		for range 5 {
			if got := gather(8, memory); got != want {
				t.Fatalf("memory %d: another order", memory)
			}
		}
	}
}

// TestGatherShuffled: without a bound on memory any order will do.
func TestGatherShuffled(t *testing.T) {
	var out strings.Builder
	g := NewGather(New(Limits{}, NewLines(&out)), 1<<30)
	for _, n := range rand.Perm(20) {
		if err := g.Add(n, Row{{"n", n}}, held(t, 1)); err != nil {
			t.Fatal(err)
		}
	}
	if g.size != 0 || len(g.held) != 0 {
		t.Errorf("%d bytes of %d runs are still held", g.size, len(g.held))
	}
	if err := g.Add(7, nil, nil); errorText(err) != "record: run 7 was gathered before" {
		t.Error(err)
	}
	if err := g.Close(); err != nil {
		t.Error(err)
	}
	lines := strings.Split(out.String(), "\n")
	if len(lines) != 21 || !strings.HasPrefix(lines[10], `{"n":10,`) {
		t.Errorf("%d lines: %s", len(lines), out.String())
	}
}

// TestGatherWaits: memory is bounded by letting those wait who are ahead.
func TestGatherWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rows := New(Limits{})
		g := NewGather(rows, held(t, 3).size) // one run that is ahead, not two
		added := make(chan int, 3)
		add := func(n int) {
			if err := g.Add(n, lead(n), held(t, 3)); err != nil {
				t.Error(err)
			}
			added <- n
		}
		go add(2)
		synctest.Wait()
		go add(1)
		synctest.Wait()
		if len(added) != 1 || <-added != 2 || rows.Rows() != 0 {
			t.Errorf("run 1 did not wait; %d rows", rows.Rows())
		}
		go add(0)
		synctest.Wait()
		if len(added) != 2 || rows.Rows() != 9 {
			t.Errorf("%d runs are over, %d rows", len(added), rows.Rows())
		}
	})
}

// TestGatherFails: everybody learns of it, those who wait included.
func TestGatherFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGather(New(Limits{Rows: 1}), 0)
		errs := make(chan error, 2)
		for n := 1; n <= 2; n++ {
			go func() { errs <- g.Add(n, nil, held(t, 1)) }()
			synctest.Wait()
		}
		if len(errs) != 1 {
			t.Fatalf("%d runs did not wait", len(errs))
		}
		if err := <-errs; err != nil {
			t.Error(err)
		}
		for _, err := range []error{g.Add(0, nil, held(t, 2)), <-errs, g.Add(3, nil, nil), g.Close()} {
			if _, ok := errors.AsType[*LimitError](err); !ok {
				t.Error(err)
			}
		}
	})
}

// TestGatherBrokenOff: what there is, is kept.
func TestGatherBrokenOff(t *testing.T) {
	var out strings.Builder
	g := NewGather(New(Limits{}, NewLines(&out)), 1<<20)
	for _, n := range []int{9, 5, 0, 6} {
		if err := g.Add(n, Row{{"n", n}}, held(t, 1)); err != nil {
			t.Fatal(err)
		}
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	want := []string{`{"n":0,`, `{"n":5,`, `{"n":6,`, `{"n":9,`}
	for i, line := range strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n") {
		if i >= len(want) || !strings.HasPrefix(line, want[i]) {
			t.Errorf("line %d is %s", i, line)
		}
	}
}

func TestSameNames(t *testing.T) {
	tests := []struct{ lead, row, want Row }{
		{Row{{"loss", 0.1}}, Row{{"loss", 0.1}, {"a", 1}}, Row{{"loss", 0.1}, {"a", 1}}},
		{Row{{"n", 1}}, Row{{"n", 1.0}}, Row{{"n", 1}}},
		{Row{{"loss", 0.1}}, Row{{"a", 1}, {"loss", 0.2}}, Row{{"loss", 0.1}, {"a", 1}, {"loss_recorded", 0.2}}},
		{Row{{"loss", 0.1}}, Row{{"loss_recorded", 1}, {"loss", 0.2}},
			Row{{"loss", 0.1}, {"loss_recorded", 1}, {"loss_recorded_recorded", 0.2}}},
		{nil, Row{{"a", 1}}, Row{{"a", 1}}},
	}
	for _, tt := range tests {
		got := string(appendRow(nil, "", join(tt.lead, tt.row)))
		if want := string(appendRow(nil, "", tt.want)); got != want {
			t.Errorf("%v and %v: %s, want %s", tt.lead, tt.row, got, want)
		}
	}
}
