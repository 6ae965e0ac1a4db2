---@meta _
-- Generated from lightdht's own definitions; never executed.

---An Ed25519 key.
---@class key.Key
---@field public string # The public key, 64 hex digits.
---@field secret string # The seed that it follows from, 64 hex digits: not to be shown to anybody.

---Ed25519 keys, which own the mutable items of the DHT (BEP 44). Keys and signatures are hex digits, or raw bytes as arguments. A secret is the 64 digits of a seed, or 128 of seed and public key, or a key.
---@class keylib
key = {}

---A new key. On a real network nobody can guess it; in a simulation it depends on the seed alone, and must not be used outside.
---@return key.Key key
function key.new() end

---The key of a seed of 32 bytes.
---@param seed string
---@return key.Key key
function key.from_seed(seed) end

---The public key of a secret.
---@param secret string|key.Key
---@return string public
function key.public(secret) end

---Signs a text. What dht.put stores is signed by itself, if it is given the secret.
---@param secret string|key.Key
---@param bytes string
---@return string signature
function key.sign(secret, bytes) end

---Whether a signature is that of a text by a key.
---@param public string|key.Key
---@param bytes string
---@param signature string
---@return boolean valid
function key.verify(public, bytes, signature) end

---Where in the key space the item of a key and a salt is found: what dht.get takes.
---@param public string|key.Key
---@param salt? string
---@return id target
function key.target(public, salt) end

---Writes a secret to a new file that only its owner can read. A file that exists is left as it is, which is a failure.
---@param path string
---@param key string|key.Key
---@return boolean? saved
---@return dht.Error? err
function key.save(path, key) end

---Reads a key that save wrote, or "lightdht key new".
---@param path string
---@return key.Key? key
---@return dht.Error? err
function key.load(path) end
