---@meta _
-- Generated from lightdht's own definitions; never executed.

---An open file, or a standard stream.
---@class io.File
local io_File = {}

---Writes what is left to write, and closes the file. Files left open are closed at the end of the run; the standard streams cannot be closed.
---@return boolean? ok
---@return string? message
function io_File:close() end

---Writes what is left to write.
---@return io.File? file
---@return string? message
function io_File:flush() end

---For a loop: the lines that are left. The file stays open.
---@async
---@return fun(): string? next
function io_File:lines() end

---Reads as io.read does.
---@async
---@param ... string|integer
---@return string|number|nil ...
function io_File:read(...) end

---Does nothing, and says that it did: the standard streams have no buffer, files have one.
---@param mode string
---@param size? integer
---@return boolean ok
function io_File:setvbuf(mode, size) end

---Writes strings and numbers.
---@param ... string|number
---@return boolean? ok
---@return string? message
function io_File:write(...) end

---Files and the standard streams, as in Lua 5.1, without what starts programs. A script may read its own folder and write in its run folder, but no names that begin with a dot; lightdht run --allow-read and --allow-write open other folders, and all names in them. What goes wrong with a file is nil and a message.
---@class iolib
---@field stdin io.File # What is piped or typed into the run.
---@field stdout io.File # Where results go.
---@field stderr io.File # Where everything else goes.
io = {}

---For a loop: the lines of a file, which is closed at its end, or of stdin.
---@async
---@param path? string
---@return fun(): string? next
function io.lines(path) end

---Opens a file to read ("r", the default), to write anew ("w") or to write at its end ("a").
---@param path string
---@param mode? "r"|"w"|"a"|"rb"|"wb"|"ab"
---@return io.File? file
---@return string? message
function io.open(path, mode) end

---Whether a value is a file.
---@param value any
---@return "file"|"closed file"|nil kind
function io.type(value) end

---Reads from stdin: a line ("*l", the default), a number ("*n"), all ("*a") or so many bytes. nil at the end.
---@async
---@param ... string|integer
---@return string|number|nil ...
function io.read(...) end

---Writes to stdout.
---@param ... string|number
---@return boolean? ok
---@return string? message
function io.write(...) end
