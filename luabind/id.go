package luabind

import (
	"crypto/sha1"
	"encoding/binary"
	"math"
	"net/netip"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht/krpc"
)

const idBits = 8 * krpc.IDLen

// idModule is `id`: points in the key space.
var idModule = module{
	Name: "id",
	Text: "Points in the key space: node ids, info-hashes, targets. Every function takes 40 hex digits or 20 raw bytes, and returns hex unless it says otherwise.",
	pure: true,
	Functions: []function{
		{
			Name: "random", Returns: "id: id",
			Text: "A random id. In a simulation it depends on the seed alone.",
			do:   func(c *call) int { return c.give(idValue(c.randomID())) },
		},
		{
			Name: "sha1", Args: "text: string", Returns: "id: id",
			Text: "The SHA-1 digest of a text, as an id.",
			do:   func(c *call) int { return c.give(idValue(sha1.Sum([]byte(c.str(1))))) },
		},
		{
			Name: "xor", Args: "a: id, b: id", Returns: "distance: id",
			Text: "The Kademlia distance between two ids, bit by bit.",
			do:   func(c *call) int { return c.give(idValue(c.id(1).Xor(c.id(2)))) },
		},
		{
			Name: "common_prefix", Args: "a: id, b: id", Returns: "bits: integer",
			Text: "How many leading bits two ids share, 0 to 160.",
			do:   func(c *call) int { return c.give(lua.LNumber(c.id(1).CommonPrefix(c.id(2)))) },
		},
		{
			Name: "distance", Args: "a: id, b: id", Returns: "fraction: number",
			Text: "The distance between two ids as a fraction of the key space, from 0 to below 1.",
			do:   func(c *call) int { return c.give(lua.LNumber(fraction(c.id(1).Xor(c.id(2))))) },
		},
		{
			Name: "closer", Args: "target: id, a: id, b: id", Returns: "closer: boolean",
			Text: "Whether a is nearer to the target than b: an order for table.sort.",
			do:   func(c *call) int { return c.give(lua.LBool(krpc.Closer(c.id(1), c.id(2), c.id(3)) < 0)) },
		},
		{
			Name: "with_prefix", Args: "id: id, bits: integer", Returns: "id: id",
			Text: "A random id that shares at least that many leading bits, 0 to 160.",
			do: func(c *call) int {
				prefix, bits := c.id(1), c.integer(2, 0, idBits)
				return c.give(idValue(c.randomID().WithPrefix(prefix, bits)))
			},
		},
		{
			Name: "flip", Args: "id: id, bit: integer", Returns: "id: id",
			Text: "The id with one bit inverted. Bits are counted from 0, the most significant, to 159.",
			do:   func(c *call) int { return c.give(idValue(c.id(1).Flip(c.integer(2, 0, idBits-1)))) },
		},
		{
			Name: "secure", Args: "ip: string, rand?: integer", Returns: "id: id",
			Text: "A random id that suits an IP address (BEP 42): 21 of its bits follow from the address and from rand, its last byte, 0 to 255. The port of an address does not matter.",
			do: func(c *call) int {
				ip, last := c.ip(1), c.optInteger(2, -1, 0, 255)
				id := c.randomID()
				if last >= 0 {
					id[krpc.IDLen-1] = byte(last)
				}
				return c.give(idValue(krpc.Secure(ip, id)))
			},
		},
		{
			Name: "is_secure", Args: "id: id, ip: string", Returns: "secure: boolean",
			Text: "Whether an id suits an IP address (BEP 42); at a private or a loopback address every id does.",
			do:   func(c *call) int { return c.give(lua.LBool(krpc.IsSecure(c.id(1), c.ip(2)))) },
		},
		{
			Name: "raw", Args: "id: id", Returns: "bytes: string",
			Text: "The 20 bytes of an id.",
			do: func(c *call) int {
				id := c.id(1)
				return c.give(lua.LString(id[:]))
			},
		},
		{
			Name: "hex", Args: "id: id", Returns: "id: id",
			Text: "The id as 40 lower-case hex digits.",
			do:   func(c *call) int { return c.give(idValue(c.id(1))) },
		},
	},
}

// randomID draws an id from the run's source.
func (c *call) randomID() krpc.ID {
	c.b.reader.refuse(c, "chance")
	return krpc.RandomID(c.b.engine.Random())
}

// ip is an IP address; that of an address with a port will do.
func (c *call) ip(i int) netip.Addr {
	if addr, ok := toAddr(c.arg(i)); ok {
		return addr.Addr()
	}
	s, _ := c.arg(i).(lua.LString)
	ip, err := netip.ParseAddr(clip(string(s)))
	if err != nil {
		c.expected(i, `IP address expected: "192.0.2.1"`)
	}
	return ip.Unmap()
}

// fraction is an id as a binary fraction. It is rounded down, so that it never
// reaches 1.
func fraction(id krpc.ID) float64 {
	return math.Ldexp(float64(binary.BigEndian.Uint64(id[:])>>11), -53)
}
