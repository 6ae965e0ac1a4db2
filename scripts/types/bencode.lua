---@meta _
-- Generated from lightdht's own definitions; never executed.

---Bencode, the encoding of every message of the DHT. A table is a list if its keys are 1 to n, also an empty one unless bencode.dict has marked it; else all keys must be strings.
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

---The table, or a new one, marked as a dictionary: bencode.encode writes it as de while it is empty, where it writes le for any other empty table. An empty dictionary that was decoded is marked already. The mark is the one of json.object.
---@param fields? table
---@return table fields
---@nodiscard
function bencode.dict(fields) end
