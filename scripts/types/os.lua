---@meta _
-- Generated from lightdht's own definitions; never executed.

---The time functions of Lua 5.1, and no others. On a simulated network the time is virtual and begins on 1 January 2026.
---@class oslib
os = {}

---The time since the run began, as task.now.
---@return seconds now
function os.clock() end

---A time as text, in a format of C's strftime, or as a table with "*t". Default: the present. A leading "!" means UTC.
---@param format? string
---@param time? number
---@return string|table date
function os.date(format, time) end

---The time between two times of os.time.
---@param later number
---@param earlier? number
---@return seconds seconds
function os.difftime(later, earlier) end

---The present in seconds since 1970, or the date in a table with year, month, day, hour, min and sec.
---@param date? table
---@return integer time
function os.time(date) end
