-- exit: 0
-- stdout: ^ABC$

assert(getmetatable("").__index == string)
assert(not pcall(setmetatable, "", {}))
string.__index = function() error("poisoned") end
string.format, string.find, string.len = nil, nil, nil
local s = ("abc"):upper()
assert(not pcall(function() return s:find("A") end))
local ok, err = dht.rpc.ping("127.0.0.1:1", {timeout = 0.1})
assert(ok == nil and err.kind ~= nil and tostring(err) ~= "")
print(s)
