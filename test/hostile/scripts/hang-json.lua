-- exit: 1
-- stderr: hang-json.lua:\d+: bad argument #1 to 'encode'

local t = {}
t[1] = t
json.encode(t)
