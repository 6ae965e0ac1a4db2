package engine

import (
	"strings"
	"testing"
	"unicode"

	lua "github.com/yuin/gopher-lua"
)

// A preview of any table is short, and one line.
func TestGlimpseIsShort(t *testing.T) {
	const limit = 800 // an entry of two long strings that was begun just in time, and the ends of four tables
	for _, source := range []string{
		`local s = ("\27"):rep(1e6) return {[s] = s, s, {[s .. "1"] = s}}`,
		`local t = {} for i = 1, 1e5 do t[i] = t end return t`,
		`local t = {} for i = 1, 1e5 do t[i], t["k" .. i] = i, i end for i = 1, 1e5 - 1 do t[i] = nil end return t`,
		`local t = {} for i = 1, 1e4 do t = {t, t, k = t} end return t`,
		`local function wide(n) local t = {} for i = 1, 20 do t[i] = n > 0 and wide(n - 1) or ("x"):rep(i) end return t end return wide(3)`,
		`local t = {} t[t] = {t} t[{}] = {} t[print] = print t[0 / 1] = 0 / 0 return t`,
		`return {("\255"):rep(100), ("\240\159\152\128"):rep(100), ("\194\173"):rep(100), ("\n"):rep(100)}`,
	} {
		L := lua.NewState()
		defer L.Close()
		if err := L.DoString(source); err != nil {
			t.Fatal(err)
		}
		text := preview(L.CheckTable(-1))
		if len(text) > limit || !strings.HasPrefix(text, "{ ") || !strings.HasSuffix(text, " }") {
			t.Errorf("%s\nshows %d bytes: %s", source, len(text), text)
		}
		for _, r := range text {
			if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
				t.Errorf("%s\nshows %q", source, r)
			}
		}
	}
}
