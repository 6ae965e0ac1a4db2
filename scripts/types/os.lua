---@meta _
-- Generated from lightdht's own definitions; never executed.

---The time, as in Lua 5.1, and nothing else of the system. On a simulated network it is virtual, and begins on 1 January 2026.
---@class oslib
os = {}

---The time since the run began, as task.now.
---@return seconds now
function os.clock() end

---A time, by default the present, in a format of C's strftime; a table for "*t". A "!" in front means UTC.
---@param format? string
---@param time? number
---@return string|table date
function os.date(format, time) end

---The time between two times of os.time.
---@param later number
---@param earlier? number
---@return seconds seconds
function os.difftime(later, earlier) end

---The present, or the date that a table of year, month, day, hour, min and sec says, in seconds since 1970.
---@param date? table
---@return integer time
function os.time(date) end
