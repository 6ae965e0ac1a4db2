---@meta _
-- Generated from lightdht's own definitions; never executed.

---Bencode, the encoding of every message of the DHT. A table is a list if its keys are 1 to n, also an empty one; else all keys must be strings.
---@class bencodelib
bencode = {}

---The value in bencode. What it cannot express is an error that says where it is: a fraction, a boolean, a function.
---@param value any
---@return string bytes
---@nodiscard
function bencode.encode(value) end

---The value of a bencoded text. A whole number beyond 2^53 comes as a string of its digits.
---@param bytes string
---@return any value
---@return dht.Error? err
---@nodiscard
function bencode.decode(bytes) end
