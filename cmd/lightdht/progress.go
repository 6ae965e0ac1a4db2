package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/lightdht/lightdht/engine/stdio"
	"github.com/lightdht/lightdht/luabind/experiment"
)

// progress is a bar on a terminal, drawn over itself. It does not appear for work
// that is over at once.
type progress struct {
	out   io.Writer
	what  string
	now   func() time.Time
	began time.Time
	drawn string // what it shows; "": nothing yet
}

const (
	barWidth = 30
	patience = 300 * time.Millisecond // before the bar appears
)

// show draws how much is done; note is put behind it.
func (p *progress) show(done, total int, note string) {
	if p.began.IsZero() {
		p.began = p.now()
	}
	if p.drawn == "" && p.now().Sub(p.began) < patience {
		return
	}
	share := 100 * done / max(total, 1)
	filled := share * barWidth / 100
	text := fmt.Sprintf("%s [%s%s] %3d %%%s", p.what, strings.Repeat("#", filled), strings.Repeat(" ", barWidth-filled), share, note)
	if text != p.drawn {
		fmt.Fprintf(stdio.Drawn(p.out), "\r%-*s", len(p.drawn), text)
		p.drawn = text
	}
}

// watchMaking draws a bar while a simulated network is made, if errout is a terminal.
func (h *host) watchMaking(quiet bool) experiment.Watch {
	if quiet || !h.terminal {
		return experiment.Watch{}
	}
	p := &progress{out: h.errout, what: "making the network", now: h.now}
	return experiment.Watch{Making: func(done, total int) { p.show(done, total, "") }, Made: p.clear}
}

// clear takes the bar away, if there is one.
func (p *progress) clear() {
	if p != nil && p.drawn != "" {
		fmt.Fprintf(stdio.Drawn(p.out), "\r%s\r", strings.Repeat(" ", len(p.drawn)))
		p.drawn = ""
	}
}
