package luabind

import (
	"bytes"
	"crypto/ed25519"
	crand "crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"runtime"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/engine"
)

// keyModule is `key`. The owner of the secret of a key decides what is found under it.
var keyModule = module{
	Name: "key",
	Text: "Ed25519 keys, which own the mutable items of the DHT (BEP 44). Keys and signatures are hex digits; functions also take raw bytes. A secret is a key.Key, or the 64 digits of a seed, or 128 digits of seed and public key.",
	Types: []*class{
		&keyType,
	},
	Functions: []function{
		{
			Name: "new", Returns: args("key: key.Key"), Work: 1500,
			Text: "A new key. On a real network it cannot be guessed. In a simulation it depends on the seed alone: do not use it outside.",
			Do: func(c *call) int {
				c.b.reader.refuse(c, "chance")
				return c.give(keyValue(c.L, ed25519.NewKeyFromSeed(newSeed(c))))
			},
		},
		{
			Name: "from_seed", Args: args("seed: string"), Returns: args("key: key.Key"), Work: 1500,
			Text: "The key that belongs to a seed of 32 bytes.",
			Do: func(c *call) int {
				return c.give(keyValue(c.L, ed25519.NewKeyFromSeed(bytesOf(c, "seed", ed25519.SeedSize, "seed"))))
			},
		},
		{
			Name: "public", Args: args("secret: string|key.Key"), Returns: args("public: string"), Work: 1500,
			Text: "The public key of a secret.",
			Do:   func(c *call) int { return c.give(hexValue(publicOf(secretKey(c, "secret")))) },
		},
		{
			Name: "sign", Args: args("secret: string|key.Key, bytes: string"), Returns: args("signature: string"), Work: 3000,
			Text: "Signs a text. dht.put signs by itself if it has the secret.",
			Do: func(c *call) int {
				return c.give(hexValue(ed25519.Sign(secretKey(c, "secret"), paidBytes(c, "bytes"))))
			},
		},
		{
			Name: "verify", Args: args("public: string|key.Key, bytes: string, signature: string"), Returns: args("valid: boolean"), Work: 4000,
			Text: "Whether a signature of a text is valid for a key.",
			Do: func(c *call) int {
				public, text := publicKey(c, "public"), paidBytes(c, "bytes")
				return c.give(lua.LBool(ed25519.Verify(public, text, bytesOf(c, "signature", ed25519.SignatureSize, "signature"))))
			},
		},
		{
			Name: "target", Args: args("public: string|key.Key, salt?: string"), Returns: args("target: id"),
			Text: "The target of the mutable item of a key and a salt, for dht.get.",
			Do: func(c *call) int {
				public, salt := publicKey(c, "public"), ""
				if c.Has("salt") {
					salt = c.Str("salt")
				}
				return c.give(idValue(krpc.KeyTarget([ed25519.PublicKeySize]byte(public), []byte(salt))))
			},
		},
		{
			Name: "save", Args: args("path: string, key: string|key.Key"), Returns: args("saved: boolean"), Fails: true, Kinds: "unreachable",
			Text: "Writes a secret to a new file that only its owner can read. If the file exists, it does not change, and that is a failure.",
			Do:   keySave,
		},
		{
			Name: "load", Args: args("path: string"), Returns: args("key: key.Key"), Fails: true, Kinds: "not_found, malformed, unreachable",
			Text: "Reads a key from a file of key.save or of \"lightdht key new\".",
			Do:   keyLoad,
		},
	},
}

// paidBytes is an argument: a string that is going to be copied and hashed.
func paidBytes(c *call, name string) []byte {
	s := c.Str(name)
	engine.Charge(c.L, len(s), len(s)/4)
	return []byte(s)
}

var keyType = class{
	Name: "key.Key", Text: "An Ed25519 key.",
	Fields: []field{
		{Name: "public", Type: "string", Text: "The public key, 64 hex digits."},
		{Name: "secret", Type: "string", Text: "The seed, 64 hex digits: do not show it to anyone."},
	},
}

func keyValue(L *lua.LState, secret ed25519.PrivateKey) *lua.LTable {
	t := shaped(L, &keyType, 2)
	t.RawSetString("public", hexValue(publicOf(secret)))
	t.RawSetString("secret", hexValue(secret.Seed()))
	return t
}

func publicOf(secret ed25519.PrivateKey) []byte { return secret[ed25519.SeedSize:] }

func hexValue(b []byte) lua.LString { return lua.LString(hex.EncodeToString(b)) }

// newSeed draws the seed of a key: in a simulation from the run's source.
func newSeed(c *call) []byte {
	seed := make([]byte, ed25519.SeedSize)
	if c.b.options.Network.World == nil {
		crand.Read(seed) // never fails: it ends the program instead
		return seed
	}
	for i := 0; i < len(seed); i += 8 {
		binary.LittleEndian.PutUint64(seed[i:], c.b.engine.Random().Uint64())
	}
	return seed
}

// toBytes reads n bytes, raw or as hex digits.
func toBytes(v lua.LValue, n int) ([]byte, bool) {
	s, _ := v.(lua.LString)
	switch len(s) {
	case n:
		return []byte(s), true
	case 2 * n:
		b, err := hex.DecodeString(string(s))
		return b, err == nil
	}
	return nil, false
}

// bytesOf is an argument of n bytes, raw or as hex digits.
func bytesOf(c *call, name string, n int, what string) []byte {
	b, ok := toBytes(c.As(name, "string"), n)
	if !ok {
		c.Expected(name, fmt.Sprintf("%s expected: %d hex digits", what, 2*n))
	}
	return b
}

// publicKey is an argument: a public key, or a key.Key.
func publicKey(c *call, name string) []byte {
	v := c.As(name, keyType.Name)
	if t, ok := v.(*lua.LTable); ok {
		v = t.RawGetString("public")
	}
	b, ok := toBytes(v, ed25519.PublicKeySize)
	if !ok {
		c.Expected(name, fmt.Sprintf("public key expected: %d hex digits", 2*ed25519.PublicKeySize))
	}
	return b
}

// secretKey is an argument: a secret key, or a key.Key.
func secretKey(c *call, name string) ed25519.PrivateKey {
	key, err := toSecret(c.As(name, keyType.Name))
	if err != nil {
		c.BadArgument(name, "%v", err)
	}
	return key
}

var errSecret = errors.New("secret key expected: the 64 hex digits of a seed, or 128 with the public key behind it, or a key of key.new()")

// toSecret reads a secret key. Its text must not appear in the error.
func toSecret(v lua.LValue) (ed25519.PrivateKey, error) {
	if t, ok := v.(*lua.LTable); ok {
		v = t.RawGetString("secret")
	}
	if seed, ok := toBytes(v, ed25519.SeedSize); ok {
		return ed25519.NewKeyFromSeed(seed), nil
	}
	s, _ := v.(lua.LString)
	both, err := hex.DecodeString(string(s))
	if err != nil || len(both) != ed25519.PrivateKeySize {
		return nil, errSecret
	}
	key := ed25519.NewKeyFromSeed(both[:ed25519.SeedSize])
	if !bytes.Equal(key, both) {
		return nil, errors.New("the public key behind the seed is not that of the seed: is this an expanded secret, as libtorrent has them? Its seed cannot be told from it")
	}
	return key, nil
}

// keyFormat is the first field of a key file.
const keyFormat = "lightdht key 1"

// maxKeyFile is a bound far above the size of a key file, in bytes.
const maxKeyFile = 4096

type keyFile struct {
	Format string `json:"format"`
	Public string `json:"public"`
	Secret string `json:"secret"`
}

func keySave(c *call) int {
	path, secret := c.Str("path"), secretKey(c, "key")
	files := c.b.engine.Files()
	if there, err := files.OpenRead(path); err == nil {
		there.Close()
		return c.fail(fmt.Errorf("cannot write %q: %w, and may be somebody's only key", path, fs.ErrExist))
	}
	file, err := files.Create(path)
	if err != nil {
		return c.fail(err)
	}
	if private, ok := file.(interface{ Chmod(fs.FileMode) error }); ok {
		err = private.Chmod(0o600)
	}
	if err == nil {
		_, err = c.b.engine.Metered(file).Write(EncodeKey(secret))
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return c.fail(fmt.Errorf("cannot write %q: %w", path, err))
	}
	return c.give(lua.LTrue)
}

func keyLoad(c *call) int {
	path := c.Str("path")
	file, err := c.b.engine.Files().OpenRead(path)
	if err != nil {
		return c.fail(err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxKeyFile))
	if err != nil {
		return c.fail(err)
	}
	key, err := ParseKey(text)
	if err != nil {
		return c.fail(errMalformed{fmt.Errorf("cannot load %q: %w", path, err)})
	}
	if f, ok := file.(*os.File); ok && exposed(f) {
		c.b.log(slog.LevelWarn, "others than you can get at the key in "+path+"; chmod 600 keeps it to yourself")
	}
	return c.give(keyValue(c.L, key))
}

// exposed reports whether users other than its owner may read or write a file, on
// systems where its mode says so.
func exposed(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0
}

// EncodeKey returns a key as the text of a file, in the form that scripts and the command
// line share. The file should be readable by its owner only.
func EncodeKey(key ed25519.PrivateKey) []byte {
	text, _ := json.Marshal(keyFile{keyFormat, hex.EncodeToString(publicOf(key)), hex.EncodeToString(key.Seed())}) // strings are always JSON
	return append(text, '\n')
}

// ParseKey reads a text of EncodeKey. No error contains a secret.
func ParseKey(text []byte) (ed25519.PrivateKey, error) {
	var f keyFile
	if err := json.Unmarshal(text, &f); err != nil || f.Format != keyFormat {
		return nil, errors.New("it is no key file")
	}
	key, err := toSecret(lua.LString(f.Secret))
	if err != nil {
		return nil, errors.New("it holds no secret key")
	}
	if hex.EncodeToString(publicOf(key)) != f.Public {
		return nil, errors.New("its public key is not that of its secret")
	}
	return key, nil
}
