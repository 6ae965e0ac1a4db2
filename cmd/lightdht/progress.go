package main

import (
	"fmt"
	"io"
	"strings"
)

// progress is a bar on a terminal, drawn over itself.
type progress struct {
	out   io.Writer
	what  string
	drawn int // what it shows, in hundredths; 0: nothing yet
}

const barWidth = 30

// show draws how much is done, when that makes a difference.
func (p *progress) show(done, total int) {
	share := 100 * done / max(total, 1)
	if share <= p.drawn {
		return
	}
	p.drawn = share
	filled := share * barWidth / 100
	fmt.Fprintf(p.out, "\r%s [%s%s] %3d %%", p.what, strings.Repeat("#", filled), strings.Repeat(" ", barWidth-filled), share)
}

// clear takes the bar away.
func (p *progress) clear() {
	if p.drawn > 0 {
		fmt.Fprintf(p.out, "\r%s\r", strings.Repeat(" ", len(p.what)+barWidth+10))
	}
}
