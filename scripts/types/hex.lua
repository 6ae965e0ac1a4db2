---@meta _
-- Generated from lightdht's own definitions; never executed.

---Bytes as hexadecimal digits.
---@class hexlib
hex = {}

---Two lower-case digits for each byte.
---@param bytes string
---@return string digits
---@nodiscard
function hex.encode(bytes) end

---The bytes of pairs of hexadecimal digits, in either case.
---@param digits string
---@return string? bytes
---@return dht.Error? err
---@nodiscard
function hex.decode(digits) end
