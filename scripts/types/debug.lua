---@meta _
-- Generated from lightdht's own definitions; never executed.

---What is running, as in Lua 5.1. Nothing here reaches the variables of a function.
---@class debuglib
debug = {}

---Source and lines of a function, or of what runs at that level: 1 is the caller. nil if nothing does.
---@param of function|integer
---@param what? string
---@return table? info
function debug.getinfo(of, what) end

---The message, and the functions that are running; in the handler of an xpcall, those that were when the error was raised.
---@param message? any
---@param level? integer
---@return any text
function debug.traceback(message, level) end
