package record

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

func checkValue(v any) error {
	switch v := v.(type) {
	case nil, bool, float64, int, int64, uint64:
		return nil
	case string:
		if !utf8.ValidString(v) {
			return errors.New("a string of bytes that are not UTF-8: write them in hex")
		}
		return nil
	}
	return fmt.Errorf("a %T is no value of a row", v)
}

// appendRow writes one object in canonical form, without a newline.
func appendRow(b []byte, table string, r Row) []byte {
	b = append(b, '{')
	if table != "" {
		b = appendString(b, TableKey)
		b = append(b, ':')
		b = appendString(b, table)
	}
	for i, f := range r {
		if i > 0 || table != "" {
			b = append(b, ',')
		}
		b = appendString(b, f.Name)
		b = append(b, ':')
		b = appendValue(b, f.Value)
	}
	return append(b, '}')
}

// appendValue writes a value that checkValue admits.
func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case bool:
		return strconv.AppendBool(b, v)
	case float64:
		return appendFloat(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case uint64:
		return strconv.AppendUint(b, v, 10)
	case string:
		return appendString(b, v)
	}
	return append(b, "null"...)
}

// appendFloat follows RFC 8785, which takes over how ECMAScript shows numbers; that has no null for
// what is no number.
func appendFloat(b []byte, f float64) []byte {
	abs := math.Abs(f)
	switch {
	case !finite(f):
		return append(b, "null"...)
	case f == 0: // -0 too
		return append(b, '0')
	case abs >= 1e-6 && abs < 1e21:
		return strconv.AppendFloat(b, f, 'f', -1, 64)
	}
	b = strconv.AppendFloat(b, f, 'e', -1, 64)
	if n := len(b); b[n-4] == 'e' && b[n-2] == '0' { // ECMAScript has e-7 for e-07
		b = append(b[:n-2], b[n-1])
	}
	return b
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }

// missing reports whether a value is null in JSON and an empty cell in CSV.
func missing(v any) bool {
	f, ok := v.(float64)
	return v == nil || ok && !finite(f)
}

// number reads a JSON number.
func number(text string) (any, error) {
	if !strings.ContainsAny(text, ".eE") {
		if i, err := strconv.ParseInt(text, 10, 64); err == nil {
			return i, nil
		}
		if u, err := strconv.ParseUint(text, 10, 64); err == nil {
			return u, nil
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, problem("the number %s... is too large", cut(text, 32))
	}
	return f, nil
}

const hexDigits = "0123456789abcdef"

// appendString follows RFC 8785: only what must be escaped is.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[start:i]...)
		start = i + 1
		b = appendEscape(b, c)
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

func appendEscape(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\b':
		return append(b, `\b`...)
	case '\t':
		return append(b, `\t`...)
	case '\n':
		return append(b, `\n`...)
	case '\f':
		return append(b, `\f`...)
	case '\r':
		return append(b, `\r`...)
	}
	return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}
