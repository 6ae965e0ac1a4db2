package luabind

import (
	"encoding/hex"
	"errors"
	"net/url"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/luabind/declare"
)

// torrentOptions are those of dht.get_torrent.
var torrentOptions = walkWith("dht.GetTorrentOptions", "Options of a search for the torrent of a key.",
	option{Name: "salt", Type: "string", Text: "Separates the torrents of one key. Default: the salt in the link."})

// torrentFunctions are BEP 46; they exist on every node.
var torrentFunctions = []function{
	{
		Name: "get_torrent", Args: args("key: string, opts?: dht.GetTorrentOptions", &torrentOptions), Returns: args("infohash: id, info: dht.ItemInfo, trace: dht.Trace"), Fails: true, Kinds: "not_found, malformed, " + walkKinds, Waits: true,
		Text: "Finds the torrent that the owner of a key has last published (BEP 46). key is a public key in hex, or a link magnet:?xs=urn:btpk:KEY&s=SALT with the salt in hex.",
		Do: func(c *call) int {
			key, salt, err := parseTorrentKey(c.Str("key"))
			if err != nil {
				c.BadArgument("key", "%v, got %s", err, declare.Show(c.Value("key")))
			}
			o := c.options("opts")
			if o.Has("salt") {
				salt = []byte(o.Str("salt"))
			}
			o.Set("salt", lua.LString(salt))
			return c.getItem(krpc.KeyTarget(key, salt), o, readTorrent)
		},
	},
	{
		Name: "put_torrent", Args: args("infohash: id, opts: dht.PutOptions", &putOptions), Returns: args("target: id, stored: integer, trace: dht.Trace"), Fails: true, Kinds: putKinds, Waits: true,
		Text: "Publishes a torrent under a key (BEP 46): puts the mutable item {ih = infohash}, signed with the option secret_key.",
		Do: func(c *call) int {
			hash, o := c.id("infohash"), c.options("opts")
			if !o.Has("secret_key") {
				c.misuse("'put_torrent' needs the option secret_key")
			}
			value := append([]byte("d2:ih20:"), hash[:]...)
			return c.putItem(c.draftOf(append(value, 'e'), o), o)
		},
	},
}

var errTorrentKey = errors.New("public key expected: 64 hex digits, or magnet:?xs=urn:btpk:KEY&s=SALT")

// parseTorrentKey reads a public key, or a link of BEP 46.
func parseTorrentKey(s string) (key [32]byte, salt []byte, err error) {
	const scheme, kind = "magnet:?", "urn:btpk:"
	if query, ok := strings.CutPrefix(s, scheme); ok && len(s) <= maxLink {
		values, err := url.ParseQuery(query)
		name, ok := strings.CutPrefix(values.Get("xs"), kind)
		if err != nil || !ok {
			return key, nil, errTorrentKey
		}
		if salt, err = hex.DecodeString(values.Get("s")); err != nil || len(salt) > krpc.MaxSalt {
			return key, nil, errTorrentKey
		}
		s = name
	}
	b, ok := toBytes(lua.LString(s), len(key))
	if !ok {
		return key, nil, errTorrentKey
	}
	return [32]byte(b), salt, nil
}

// maxLink is longer than any link with one key and one salt needs to be, in bytes.
const maxLink = 4096

var errNoTorrent = errors.New("the item of this key is no torrent: a table with ih, an info-hash, is expected")

// readTorrent takes the info-hash out of an item's value.
func readTorrent(v lua.LValue) (lua.LValue, error) {
	t, ok := v.(*lua.LTable)
	if !ok {
		return nil, errNoTorrent
	}
	s, _ := t.RawGetString("ih").(lua.LString)
	hash, ok := krpc.IDFrom(string(s))
	if !ok {
		return nil, errNoTorrent
	}
	return idValue(hash), nil
}
