-- exit: 5
-- flags: --max-output 100KiB
-- stdout: ^x{1000}$
-- stderr: bomb-output.lua:\d+: over the limit of 100 KiB of output \(--max-output\)$

while true do pcall(print, ("x"):rep(1000)) end
