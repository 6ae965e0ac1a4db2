---@meta _
-- Generated from lightdht's own definitions; never executed.

---What require knows, as in Lua 5.1, without what loads modules in C. path, cpath and config only tell; setting them changes nothing.
---@class packagelib
---@field config string # The marks that stand in path, one a line.
---@field cpath string # Empty: there are no modules in C.
---@field loaded table<string, any> # The value of each module that was loaded, and of the standard libraries. What is taken out is loaded again.
---@field path string # Where a module is looked for beside the script.
---@field preload table<string, function> # Functions that load a module of that name, before any file is looked for.
package = {}

---Lets a module see the globals: module("name", package.seeall).
---@param module table
function package.seeall(module) end
