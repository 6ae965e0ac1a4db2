---@meta _
-- Generated from lightdht's own definitions; never executed.

---JSON. A table is a list if its keys are 1 to n, also an empty one; else all keys must be strings.
---@class jsonlib
---@field null userdata # What stands for null in a list.
json = {}

---The value as JSON on one line, the keys of each object in alphabetical order. What JSON cannot express is an error that says where it is: a function, a number that is not finite, a string that is not UTF-8.
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
