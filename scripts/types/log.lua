---@meta _
-- Generated from lightdht's own definitions; never executed.

---Messages for the person at the terminal. They go to stderr, so that stdout carries results only.
---@class loglib
log = {}

---Writes its arguments as text, with spaces between them.
---@param ... any
function log.info(...) end

---Writes a warning.
---@param ... any
function log.warn(...) end

---Writes a message that is shown only when the run is verbose.
---@param ... any
function log.debug(...) end
