---@meta _
-- Generated from lightdht's own definitions; never executed.

---JSON. A table is a list if its keys are 1 to n, also an empty one unless json.object has marked it; else all keys must be strings.
---@class jsonlib
---@field null userdata # Stands for null in a list.
json = {}

---The value as JSON on one line, the keys of each object in alphabetical order. A value that JSON does not have is an error, which says where it is: a function, a number that is not finite, a string that is not UTF-8.
---@param value any
---@return string text
---@nodiscard
function json.encode(value) end

---The value of a JSON text. null is nil, except in a list, where it is json.null to keep the other items in their places. A whole number beyond 2^53 comes as a string of its digits.
---@param text string
---@return any value
---@return dht.Error? err
---@nodiscard
function json.decode(text) end

---Marks a table, or a new one, as an object. json.encode writes an empty table as {} if it is marked, else as []. An empty object that was decoded has the mark. The mark is __jsontype = "object" in the metatable; bencode.encode knows it too.
---@param fields? table
---@return table fields
---@nodiscard
function json.object(fields) end
