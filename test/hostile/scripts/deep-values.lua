-- exit: 0
-- stdout: ^shallow$

local t = {}
for i = 1, 1e5 do t = {t} end
assert(not pcall(json.encode, t))
assert(not pcall(bencode.encode, t))
assert(not pcall(record, {x = t}))
assert(not pcall(json.decode, ("["):rep(1e6)) or select("#", json.decode(("["):rep(1e6))) > 0)
assert(json.decode(("["):rep(1e6)) == nil)
assert(bencode.decode(("l"):rep(1e6)) == nil)
print("shallow")
