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

---The metatable of a value, unless it is protected.
---@param value any
---@return table? metatable
function debug.getmetatable(value) end

---Nothing: there never is a hook.
---@return nil? hook
function debug.gethook() end

---Takes the hook away, of which there is none. To set one is an error.
function debug.sethook() end

---Gives a table a metatable, unless it has one that is protected. nil for a string takes the methods of all strings away, until their own metatable is given back.
---@param of any
---@param metatable? table
---@return boolean done
function debug.setmetatable(of, metatable) end

---The message, and the functions that are running; in the handler of an xpcall, those that were when the error was raised.
---@param message? any
---@param level? integer
---@return any text
function debug.traceback(message, level) end
