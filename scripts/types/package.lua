---@meta _
-- Generated from lightdht's own definitions; never executed.

---The state of require, as in Lua 5.1, without modules in C. Setting path, cpath or config changes nothing.
---@class packagelib
---@field config string # The special characters of path, one on a line.
---@field cpath string # Empty: there are no modules in C.
---@field loaded table<string, any> # The value of each loaded module and standard library, by name. After a value is removed, require loads the module again.
---@field path string # The places beside the script where require looks for a module.
---@field preload table<string, function> # Loaders by module name. require tries them before it looks for files.
package = {}

---Lets a module see the globals: module("name", package.seeall).
---@param module table
function package.seeall(module) end
