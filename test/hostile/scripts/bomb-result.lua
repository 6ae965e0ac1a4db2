-- exit: 0
-- stdout: ^returned$

-- What a script returns is of no use to anybody.
local t = {1}
for i = 1, 63 do t = {t, t, t, t} end
spawn(function() return t end):wait()
print("returned")
return t
