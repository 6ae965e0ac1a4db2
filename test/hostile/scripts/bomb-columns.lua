-- exit: 1
-- stderr: bomb-columns.lua:\d+: record: the column

for i = 1, 1e9 do record{["column" .. i] = i} end
