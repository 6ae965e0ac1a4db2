package luabind

import (
	"crypto/sha1"
	"encoding/binary"
	"math"
	"net/netip"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/luabind/declare"
)

// idModule is `id`: points in the key space.
var idModule = module{
	Name: "id",
	Text: "Ids of 160 bits: node ids, info-hashes, targets. Functions take 40 hex digits or 20 raw bytes, and return hex digits.",
	Pure: true,
	Functions: []function{
		{
			Name: "random", Returns: args("id: id"),
			Text: "A random id. In a simulation it depends on the seed alone.",
			Do:   func(c *call) int { return c.give(idValue(c.randomID())) },
		},
		{
			Name: "sha1", Args: args("text: string"), Returns: args("id: id"),
			Text: "The SHA-1 digest of a text, as an id.",
			Do:   func(c *call) int { return c.give(idValue(sha1.Sum([]byte(c.Str("text"))))) },
		},
		{
			Name: "xor", Args: args("a: id, b: id"), Returns: args("distance: id"),
			Text: "The Kademlia distance between two ids, bit by bit.",
			Do:   func(c *call) int { return c.give(idValue(c.id("a").Xor(c.id("b")))) },
		},
		{
			Name: "common_prefix", Args: args("a: id, b: id"), Returns: args("bits: integer"),
			Text: "How many leading bits two ids share, 0 to 160.",
			Do:   func(c *call) int { return c.give(lua.LNumber(c.id("a").CommonPrefix(c.id("b")))) },
		},
		{
			Name: "distance", Args: args("a: id, b: id"), Returns: args("fraction: number"),
			Text: "The distance between two ids as a fraction of the key space, from 0 to below 1.",
			Do:   func(c *call) int { return c.give(lua.LNumber(fraction(c.id("a").Xor(c.id("b"))))) },
		},
		{
			Name: "closer", Args: args("target: id, a: id, b: id"), Returns: args("closer: boolean"),
			Text: "Whether a is nearer to the target than b: an order for table.sort.",
			Do:   func(c *call) int { return c.give(lua.LBool(krpc.Closer(c.id("target"), c.id("a"), c.id("b")) < 0)) },
		},
		{
			Name: "with_prefix", Args: args("id: id, bits: integer 0..160"), Returns: args("id: id"),
			Text: "A random id that shares at least that many leading bits, 0 to 160.",
			Do: func(c *call) int {
				prefix, bits := c.id("id"), c.Integer("bits")
				return c.give(idValue(c.randomID().WithPrefix(prefix, bits)))
			},
		},
		{
			Name: "flip", Args: args("id: id, bit: integer 0..159"), Returns: args("id: id"),
			Text: "The id with one bit inverted. Bits are counted from 0, the most significant, to 159.",
			Do:   func(c *call) int { return c.give(idValue(c.id("id").Flip(c.Integer("bit")))) },
		},
		{
			Name: "secure", Args: args("ip: string, rand?: integer 0..255"), Returns: args("id: id"),
			Text: "A random id that suits an IP address (BEP 42): 21 of its bits are computed from the address and from rand, the last byte of the id. The port of an address does not matter.",
			Do: func(c *call) int {
				ip, last := c.ip("ip"), c.Integer("rand")
				id := c.randomID()
				if c.Has("rand") {
					id[krpc.IDLen-1] = byte(last)
				}
				return c.give(idValue(krpc.Secure(ip, id)))
			},
		},
		{
			Name: "is_secure", Args: args("id: id, ip: string"), Returns: args("secure: boolean"),
			Text: "Whether an id suits an IP address (BEP 42); at a private or a loopback address every id does.",
			Do:   func(c *call) int { return c.give(lua.LBool(krpc.IsSecure(c.id("id"), c.ip("ip")))) },
		},
		{
			Name: "raw", Args: args("id: id"), Returns: args("bytes: string"),
			Text: "The 20 bytes of an id.",
			Do: func(c *call) int {
				id := c.id("id")
				return c.give(lua.LString(id[:]))
			},
		},
		{
			Name: "hex", Args: args("id: id"), Returns: args("id: id"),
			Text: "The id as 40 lower-case hex digits.",
			Do:   func(c *call) int { return c.give(idValue(c.id("id"))) },
		},
	},
}

// randomID draws an id from the run's source.
func (c *call) randomID() krpc.ID {
	c.b.reader.refuse(c, "chance")
	return krpc.RandomID(c.b.engine.Random())
}

// ip is an IP address; that of an address with a port will do.
func (c *call) ip(name string) netip.Addr {
	if addr, ok := toAddr(c.Value(name)); ok {
		return addr.Addr()
	}
	s, _ := c.As(name, "string").(lua.LString)
	ip, err := netip.ParseAddr(declare.Clip(string(s)))
	if err != nil {
		c.Expected(name, `IP address expected: "192.0.2.1"`)
	}
	return ip.Unmap()
}

// fraction is an id as a binary fraction. It is rounded down, so that it never
// reaches 1.
func fraction(id krpc.ID) float64 {
	return math.Ldexp(float64(binary.BigEndian.Uint64(id[:])>>11), -53)
}
