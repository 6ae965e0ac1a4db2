---@meta _
-- Generated from lightdht's own definitions; never executed.

---Bencode, the encoding of every message of the DHT. A table is a list if its keys are 1 to n, also an empty one unless bencode.dict has marked it; else all keys must be strings.
---@class bencodelib
bencode = {}

---The value in bencode. A value that bencode does not have is an error, which says where it is: a fraction, a boolean, a function.
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

---Marks a table, or a new one, as a dictionary. bencode.encode writes an empty table as de if it is marked, else as le. An empty dictionary that was decoded has the mark. It is the mark of json.object.
---@param fields? table
---@return table fields
---@nodiscard
function bencode.dict(fields) end
