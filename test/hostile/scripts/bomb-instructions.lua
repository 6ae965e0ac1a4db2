-- exit: 5
-- flags: --max-instructions 10000
-- stderr: bomb-instructions.lua:\d+: over the limit of 10000 instructions \(--max-instructions\)$

for i = 1, 1e6 do
  sleep(0)
end
