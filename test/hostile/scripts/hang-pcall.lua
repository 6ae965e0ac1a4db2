-- exit: 5
-- stderr: hang-pcall.lua:\d+: over the limit of 1s without a blocking call

while true do
  pcall(function()
    while true do pcall(error, "never mind") end
  end)
end
