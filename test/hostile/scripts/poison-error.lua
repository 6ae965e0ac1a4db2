-- exit: 1
-- stderr: lightdht: .*poison-error.lua:\d+: {}$

-- A raised value can lie about itself.
local lies = {
  setmetatable({}, {__tostring = function() error("again") end}), setmetatable({}, {__tostring = function() return {} end}),
  setmetatable({}, {__tostring = function() return nil end}), setmetatable({}, {__tostring = "no function"}),
  setmetatable({message = setmetatable({}, {__tostring = error})}, {__index = error}), setmetatable({kind = {}}, {__metatable = 1}),
  print, coroutine.create(function() end), true, 0 / 0, io.stdout, dht.table, ("x"):rep(1e6),
}
for i = 1, #lies do
  local t = spawn(error, lies[i])
  local _, e = t:wait()
  pcall(tostring, e)
  pcall(error, e, i)
end
error(lies[1])
