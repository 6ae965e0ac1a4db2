package language

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/lightdht/lightdht/engine"
)

// subject is what the gate tests: this module's engine.
type subject struct{}

// maxInstructions is more than any program needs that ends.
const maxInstructions = 3_000_000

func (subject) run(program string) (o outcome) {
	var out strings.Builder
	e, err := engine.New(engine.Options{
		Clock: engine.NewVirtual(), Stdout: &out, Stderr: &out, Random: rand.NewPCG(1, 2), StartTime: time.Unix(1e9, 0).UTC(),
		MaxInstructions: maxInstructions, MaxOutput: 1 << 22,
	})
	if err != nil {
		return outcome{ending: "lost", text: err.Error()}
	}
	defer func() {
		if err := e.Close(); err != nil {
			o = outcome{ending: "lost", text: err.Error()}
		}
	}()
	if _, err := e.Run(context.Background(), "prelude", prelude); err != nil {
		return outcome{ending: "lost", text: err.Error()}
	}
	_, err = e.Run(context.Background(), "p", program)
	o = ended(err)
	o.output = out.String()
	return o
}

// ended says how a run ended, in the words of the reference.
func ended(err error) outcome {
	var limit *engine.LimitError
	var failed *engine.ScriptError
	switch {
	case err == nil:
		return outcome{ending: "done"}
	case errors.As(err, &limit):
		return outcome{ending: "limit"}
	case !errors.As(err, &failed):
		return outcome{ending: "lost", text: err.Error()}
	case failed.Traceback == "":
		return outcome{ending: "syntax", text: err.Error()}
	}
	return outcome{ending: "error", text: raised(failed)}
}

// raised is what lua5.1 would show of an error that nothing caught.
func raised(failed *engine.ScriptError) string {
	switch v := failed.Value.(type) {
	case string:
		return v
	case float64:
		return failed.Message
	}
	return "not a string"
}
