package console

// style is a way to highlight a piece of text.
type style string

const (
	plain  style = ""
	faint  style = "2"
	bold   style = "1"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
	blue   style = "34"
	cyan   style = "36"
)

// paint colours text, or does not.
type paint bool

func (p paint) text(s style, text string) string {
	if !p || s == plain || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}
