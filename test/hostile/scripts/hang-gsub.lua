-- exit: 5
-- stderr: hang-gsub.lua:\d+: over the limit of 1s without a blocking call

pcall(string.gsub, ("a"):rep(60), ("a?"):rep(60) .. ("a"):rep(60) .. "b", "")
