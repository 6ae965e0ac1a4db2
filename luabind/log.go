package luabind

import (
	"context"
	"log/slog"
	"strings"
)

// logModule is `log`.
var logModule = module{
	Name: "log",
	Text: "Messages for the person at the terminal. They go to stderr, so that stdout carries results only.",
	Functions: []function{
		logFunction("info", slog.LevelInfo, "Writes its arguments as text, with spaces between them."),
		logFunction("warn", slog.LevelWarn, "Writes a warning."),
		logFunction("debug", slog.LevelDebug, "Writes a message that is shown only when the run is verbose."),
	},
}

func logFunction(name string, level slog.Level, text string) function {
	return function{Name: name, Args: "...: any", Text: text, do: func(c *call) int {
		c.b.log(level, c.joined())
		return 0
	}}
}

// log writes a message with the time of the script, which on a simulated network is
// not ours.
func (b *Bindings) log(level slog.Level, text string) {
	log, ctx := b.engine.Log().Handler(), context.Background()
	if log.Enabled(ctx, level) {
		log.Handle(ctx, slog.NewRecord(b.engine.Date(), level, text, 0))
	}
}

// joined is all arguments as print would write them, but with spaces: a log quotes
// tabs as \t.
func (c *call) joined() string {
	words := make([]string, c.count())
	for i := range words {
		words[i] = c.tostring(c.arg(i + 1))
		c.b.engine.Room(8 * len(words[i])) // it is joined, quoted and copied where it goes
	}
	return strings.Join(words, " ")
}
