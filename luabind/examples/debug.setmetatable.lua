local t = {}
print(debug.setmetatable(t, { __index = { x = 5 } }), t.x)  --> true	5
