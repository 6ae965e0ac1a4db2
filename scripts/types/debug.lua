---@meta _
-- Generated from lightdht's own definitions; never executed.

---The running functions, as in Lua 5.1. Access to local variables is left out.
---@class debuglib
debug = {}

---Source and lines of a function, or of the function that runs at a level (1: the caller); nil if there is no such level.
---@param of function|integer
---@param what? string
---@return table? info
function debug.getinfo(of, what) end

---The metatable of a value, unless it is protected.
---@param value any
---@return table? metatable
function debug.getmetatable(value) end

---Always nil: hooks do not exist.
---@return nil? hook
function debug.gethook() end

---Does nothing without arguments. Setting a hook is an error.
function debug.sethook() end

---Sets the metatable of a table, unless it has a protected one. With a string and nil, strings have no methods until their metatable is set again.
---@param of any
---@param metatable? table
---@return boolean done
function debug.setmetatable(of, metatable) end

---The message, and the running functions. In the handler of an xpcall: the functions that were running when the error was raised.
---@param message? any
---@param level? integer
---@return any text
function debug.traceback(message, level) end
