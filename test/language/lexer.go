package language

import (
	"regexp"
	"slices"
	"strings"
)

// tokens of Lua 5.1, and the holes of templates. Blanks and comments lie between them.
var (
	blankToken = regexp.MustCompile(`^(?:\s+|--[^\n]*)`)
	holeToken  = regexp.MustCompile(`^<([a-z]+)>`)
	nameToken  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*`)
	numToken   = regexp.MustCompile(`^(?:0[xX][0-9a-fA-F]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)`)
	textToken  = regexp.MustCompile(`^(?:"(?:[^"\\]|\\(?s:.))*"|'(?:[^'\\]|\\(?s:.))*')`)
	longToken  = regexp.MustCompile(`^\[(=*)\[`)
	signToken  = regexp.MustCompile(`^(?:\.\.\.|\.\.|==|~=|<=|>=|[-+*/%^#<>=(){}\[\];:,.])`)
)

var keywords = strings.Fields("and break do else elseif end false for function if in local nil not or repeat return then true until while")

// tokenise splits a text that is known to be Lua.
func tokenise(s string) (list []string) {
	for s != "" {
		if m := blankToken.FindString(s); m != "" {
			s = s[len(m):]
			continue
		}
		m := nextToken(s)
		list = append(list, m)
		s = s[len(m):]
	}
	return list
}

func nextToken(s string) string {
	if m := longToken.FindStringSubmatch(s); m != nil {
		closing := "]" + m[1] + "]"
		return s[:strings.Index(s, closing)+len(closing)]
	}
	for _, re := range []*regexp.Regexp{holeToken, nameToken, numToken, textToken, signToken} {
		if m := re.FindString(s); m != "" {
			return m
		}
	}
	panic("language: no token in " + s)
}

func isName(token string) bool {
	return nameToken.MatchString(token) && !slices.Contains(keywords, token)
}
