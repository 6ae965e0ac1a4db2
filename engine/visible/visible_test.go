package visible

import (
	"errors"
	"strings"
	"testing"
)

// Text has no power over a terminal, and all that is text stays.
func TestText(t *testing.T) {
	for text, want := range map[string]string{
		"":              "",
		"plain\n\ttext": "plain\n\ttext",
		"größer 宽 שלום العربية नमस्ते":          "größer 宽 שלום العربية नमस्ते",
		"👩\u200d👩\u200d👧 a\u200cb\u200fc\ufeff": "👩\u200d👩\u200d👧 a\u200cb\u200fc\ufeff",
		"\x1b[2J\x1b]0;owned\a":                 `\x1b[2J\x1b]0;owned\a`,
		"a\rb\bc\fd\ve\x00f\x7f":                `a\rb\bc\fd\ve\x00f\x7f`,
		"\u009b31m\u0085\u009c":                 `\u009b31m\u0085\u009c`,
		"\x9b31m":                               `\x9b31m`,
		"\xff\xc0\x9b":                          `\xff\xc0\x9b`,
		"\xe2\x82":                              `\xe2\x82`,
		"\xed\xa0\x80":                          `\xed\xa0\x80`,
		"\u202etxt.exe\u202c \u2066x\u2069":     `\u202etxt.exe\u202c \u2066x\u2069`,
		"a\u2028b\u2029c":                       `a\u2028b\u2029c`,
		"\ufffd":                                "\ufffd",
	} {
		if got := Text(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// Line stays on its line.
func TestLine(t *testing.T) {
	if got, want := Line("evil\nlightdht:\tall checks passed\x1b"), `evil\nlightdht:\tall checks passed\x1b`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// However a text is cut into writes, the same comes out.
func TestWriterCuts(t *testing.T) {
	const text = "a€\u009b😀\x9b\xe2\x82x\x1b[0m\xf0\x9f"
	want := Text(text)
	for size := 1; size <= len(text); size++ {
		var out strings.Builder
		w := NewWriter(&out)
		for rest := text; rest != ""; {
			n := min(size, len(rest))
			if got, err := w.Write([]byte(rest[:n])); got != n || err != nil {
				t.Fatalf("%d bytes written, %v", got, err)
			}
			rest = rest[n:]
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if out.String() != want {
			t.Errorf("in pieces of %d: %q, want %q", size, out.String(), want)
		}
	}
}

type broken struct{}

var errBroken = errors.New("broken")

func (broken) Write([]byte) (int, error) { return 0, errBroken }

// An error of what is written to comes through.
func TestWriterFails(t *testing.T) {
	w := NewWriter(broken{})
	if _, err := w.Write([]byte("text\xe2")); !errors.Is(err, errBroken) {
		t.Errorf("Write: %v", err)
	}
	if err := w.Flush(); !errors.Is(err, errBroken) {
		t.Errorf("Flush: %v", err)
	}
}

func FuzzText(f *testing.F) {
	f.Add("a\x1b\u202e\xff")
	f.Fuzz(func(t *testing.T, text string) {
		once := Text(text)
		if Text(once) != once {
			t.Errorf("%q becomes %q, and that again something else", text, once)
		}
		if strings.ContainsAny(once, "\x1b\r\a\u009b\u202e") {
			t.Errorf("%q becomes %q", text, once)
		}
	})
}
