package luabind

import (
	"errors"
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/table"
)

// tableSave is t:save(path).
func tableSave(c *call) int {
	path := c.Str("path")
	c.lend(func(dht.Time, *dht.Node) {}) // a closed node leaves no empty file
	file, err := c.b.engine.Files().Create(path)
	if err != nil {
		return c.fail(err)
	}
	p, saved := c.everyone(false), 0
	err = table.Encode(c.b.engine.Metered(file), func(yield func(table.Entry) bool) {
		for e := p.entry(c); e != nil && yield(*e); e = p.entry(c) {
			c.b.engine.Work(entryWork)
			saved++
		}
	})
	if err := errors.Join(err, file.Close()); err != nil {
		return c.fail(fmt.Errorf("cannot write %q: %w", path, err))
	}
	return c.give(lua.LNumber(saved))
}

// tableLoad is t:load(path).
func tableLoad(c *call) int {
	file, err := c.b.engine.Files().OpenRead(c.Str("path"))
	if err != nil {
		return c.fail(err)
	}
	defer file.Close()
	loaded := 0
	err = table.Decode(file, func(e table.Entry) error {
		before := loaded
		c.b.engine.Work(entryWork)
		c.lend(func(now dht.Time, n *dht.Node) {
			if reaches(n, e.Addr) && n.Table().Restore(now, e) {
				loaded++
			}
		})
		c.kept(int64(loaded - before))
		return nil
	})
	c.node.changes++
	if err != nil {
		text := strings.TrimPrefix(err.Error(), "table: ")
		return c.fail(errMalformed{fmt.Errorf("cannot load %q: %s", c.Str("path"), text)})
	}
	return c.give(lua.LNumber(loaded))
}
