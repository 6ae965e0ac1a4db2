---@meta _
-- Generated from lightdht's own definitions; never executed.

---40 lower-case hex digits; as an argument also 20 raw bytes.
---@alias id string

---"192.0.2.1:6881" or "[2001:db8::1]:6881".
---@alias address string

---A time or a duration, in seconds. On a simulated network it is virtual.
---@alias seconds number
