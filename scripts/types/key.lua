---@meta _
-- Generated from lightdht's own definitions; never executed.

---An Ed25519 key.
---@class key.Key
---@field public string # The public key, 64 hex digits.
---@field secret string # The seed, 64 hex digits: do not show it to anyone.

---Ed25519 keys, which own the mutable items of the DHT (BEP 44). Keys and signatures are hex digits; functions also take raw bytes. A secret is a key.Key, or the 64 digits of a seed, or 128 digits of seed and public key.
---@class keylib
key = {}

---A new key. On a real network it cannot be guessed. In a simulation it depends on the seed alone: do not use it outside.
---@return key.Key key
function key.new() end

---The key that belongs to a seed of 32 bytes.
---@param seed string
---@return key.Key key
function key.from_seed(seed) end

---The public key of a secret.
---@param secret string|key.Key
---@return string public
function key.public(secret) end

---Signs a text. dht.put signs by itself if it has the secret.
---@param secret string|key.Key
---@param bytes string
---@return string signature
function key.sign(secret, bytes) end

---Whether a signature of a text is valid for a key.
---@param public string|key.Key
---@param bytes string
---@param signature string
---@return boolean valid
function key.verify(public, bytes, signature) end

---The target of the mutable item of a key and a salt, for dht.get.
---@param public string|key.Key
---@param salt? string
---@return id target
function key.target(public, salt) end

---Writes a secret to a new file that only its owner can read. If the file exists, it does not change, and that is a failure.
---@param path string
---@param key string|key.Key
---@return boolean? saved
---@return dht.Error? err
function key.save(path, key) end

---Reads a key from a file of key.save or of "lightdht key new".
---@param path string
---@return key.Key? key
---@return dht.Error? err
function key.load(path) end
