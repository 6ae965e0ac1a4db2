-- exit: 5
-- stderr: hang-tostring.lua:\d+: over the limit of 1s without a blocking call

-- An error that nobody catches is asked what it says.
error(setmetatable({}, {__tostring = function()
  while true do end
end}))
