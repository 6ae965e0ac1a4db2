---@meta _
-- Generated from lightdht's own definitions; never executed.

---Ids of 160 bits: node ids, info-hashes, targets. Functions take 40 hex digits or 20 raw bytes, and return hex digits.
---@class idlib
id = {}

---A random id. In a simulation it depends on the seed alone.
---@return id id
---@nodiscard
function id.random() end

---The SHA-1 digest of a text, as an id.
---@param text string
---@return id id
---@nodiscard
function id.sha1(text) end

---The Kademlia distance between two ids, bit by bit.
---@param a id
---@param b id
---@return id distance
---@nodiscard
function id.xor(a, b) end

---How many leading bits two ids share, 0 to 160.
---@param a id
---@param b id
---@return integer bits
---@nodiscard
function id.common_prefix(a, b) end

---The distance between two ids as a fraction of the key space, from 0 to below 1.
---@param a id
---@param b id
---@return number fraction
---@nodiscard
function id.distance(a, b) end

---Whether a is nearer to the target than b: an order for table.sort.
---@param target id
---@param a id
---@param b id
---@return boolean closer
---@nodiscard
function id.closer(target, a, b) end

---A random id that shares at least that many leading bits, 0 to 160.
---@param id id
---@param bits integer
---@return id id
---@nodiscard
function id.with_prefix(id, bits) end

---The id with one bit inverted. Bits are counted from 0, the most significant, to 159.
---@param id id
---@param bit integer
---@return id id
---@nodiscard
function id.flip(id, bit) end

---A random id that suits an IP address (BEP 42): 21 of its bits are computed from the address and from rand, the last byte of the id. The port of an address does not matter.
---@param ip string
---@param rand? integer
---@return id id
---@nodiscard
function id.secure(ip, rand) end

---Whether an id suits an IP address (BEP 42); at a private or a loopback address every id does.
---@param id id
---@param ip string
---@return boolean secure
---@nodiscard
function id.is_secure(id, ip) end

---The 20 bytes of an id.
---@param id id
---@return string bytes
---@nodiscard
function id.raw(id) end

---The id as 40 lower-case hex digits.
---@param id id
---@return id id
---@nodiscard
function id.hex(id) end
