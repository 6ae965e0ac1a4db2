---@meta _
-- Generated from lightdht's own definitions; never executed.

---An open file, or a standard stream.
---@class io.File
local io_File = {}

---Writes buffered bytes and closes the file. The end of the run closes all files. The standard streams cannot be closed.
---@return boolean? ok
---@return string? message
function io_File:close() end

---Writes buffered bytes.
---@return io.File? file
---@return string? message
function io_File:flush() end

---An iterator over the remaining lines. The file stays open.
---@async
---@return fun(): string? next
function io_File:lines() end

---Reads as io.read does.
---@async
---@param ... string|integer
---@return string|number|nil ...
function io_File:read(...) end

---Does nothing and returns true: files have a buffer, the standard streams have none.
---@param mode string
---@param size? integer
---@return boolean ok
function io_File:setvbuf(mode, size) end

---Writes strings and numbers.
---@param ... string|number
---@return boolean? ok
---@return string? message
function io_File:write(...) end

---Files and the standard streams, as in Lua 5.1, without popen. A script may read its own folder and write in its run folder, except for names that begin with a dot. The flags --allow-read and --allow-write of lightdht run open other folders, with all names in them. If something is wrong with a file, functions return nil and a message.
---@class iolib
---@field stdin io.File # The input of the run: a pipe, or the keyboard.
---@field stdout io.File # Standard output: for results.
---@field stderr io.File # Standard error: for everything else.
io = {}

---An iterator over the lines of a file, which it closes at the end, or of stdin.
---@async
---@param path? string
---@return fun(): string? next
function io.lines(path) end

---Opens a file to read it ("r", the default), to write it from the beginning ("w") or to append ("a").
---@param path string
---@param mode? "r"|"w"|"a"|"rb"|"wb"|"ab"
---@return io.File? file
---@return string? message
function io.open(path, mode) end

---Whether a value is a file.
---@param value any
---@return "file"|"closed file"|nil kind
function io.type(value) end

---Reads from stdin: a line ("*l", the default), a number ("*n"), all ("*a") or a number of bytes. nil at the end.
---@async
---@param ... string|integer
---@return string|number|nil ...
function io.read(...) end

---Writes to stdout.
---@param ... string|number
---@return boolean? ok
---@return string? message
function io.write(...) end
