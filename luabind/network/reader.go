package network

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/luabind/declare"
)

// reader reads settings from Lua values, which need no Lua state. It keeps the first error and goes
// on; what it has read then means nothing.
type reader struct {
	inParts bool  // what a setting lacks may be elsewhere: that is noted in lacking, and no error
	lacking error // what the setting that was read last cannot do without
	err     error
}

// fail notes an error.
func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

// settled notes an error of package sim.
func (r *reader) settled(err error) {
	if err != nil {
		r.fail("%s", sim.Problem(err))
	}
}

// lacks notes that a part is missing without which the other parts mean nothing.
func (r *reader) lacks(format string, args ...any) {
	switch {
	case !r.inParts:
		r.fail(format, args...)
	case r.lacking == nil:
		r.lacking = fmt.Errorf(format, args...)
	}
}

// options reads a table of options; where is its name in messages.
func (r *reader) options(t *lua.LTable, spec *declare.OptionTable, where string) declare.Given {
	given, err := spec.Read(nil, t, where)
	if err != nil {
		r.fail("%v", err)
	}
	return given
}
