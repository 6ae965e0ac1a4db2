-- exit: 1
-- stderr: poison-error-sleeping.lua:\d+: found [1-9]

-- Even saying what is wrong may block.
error(setmetatable({}, {__tostring = function()
  sleep(0.05)
  return "found " .. #dht.find_node(dht.id)
end}))
