package console

import (
	"os"
	"path/filepath"
	"testing"
)

func TestBleached(t *testing.T) {
	for text, want := range map[string]string{
		"plain":                                             "plain",
		"\x1b[31mred\x1b[0m":                                "red\x1b[0m",
		"\x1b[1;31mred\x1b[m":                               "\x1b[1mred\x1b[m",
		"\x1b[48;5;255;7m \x1b[38;2;1;2;3;4m ":              "\x1b[7m \x1b[4m ",
		"\x1b[38;05;242mfaint\x1b[39m\x1b[2m":               "faint\x1b[2m",
		"\x1b[97;103m\x1b[100m\x1b[48m\x1b[38;5m\x1b[38;2m": "",
		"\x1b[2K\x1b[31C\x1b[31":                            "\x1b[2K\x1b[31C\x1b[31",
	} {
		if got := bleached(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// However what is drawn comes in pieces, it is on the terminal after a flush, without colours.
func TestBleach(t *testing.T) {
	const drawn, want = "a\x1b[1;31mb\x1b[2Kc\x00\x1b[48;5;255md", "a\x1b[1mb\x1b[2Kcd"
	stdout := os.Stdout
	defer func() { os.Stdout = stdout }()
	for cut := range len(drawn) {
		path := filepath.Join(t.TempDir(), "terminal")
		terminal, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		os.Stdout = terminal
		b, err := newBleach()
		if err != nil {
			t.Fatal(err)
		}
		os.Stdout.WriteString(drawn[:cut])
		os.Stdout.WriteString(drawn[cut:])
		b.flush()
		b.flush() // the mark within may have answered the first
		if text, _ := os.ReadFile(path); string(text) != want {
			t.Errorf("cut at %d: %q, want %q", cut, text, want)
		}
		os.Stdout.WriteString("\x1b[3")
		b.close()
		if text, _ := os.ReadFile(path); string(text) != want+"\x1b[3" || os.Stdout != terminal {
			t.Errorf("closed: %q", text)
		}
		terminal.Close()
	}
}
