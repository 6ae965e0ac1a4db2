-- exit: 0
-- stdout: ^true\ttoo many open files

local open = {}
repeat
  local f, why = io.open("file" .. #open, "w")
  open[#open + 1] = f
until not f
print(#open <= 64, (select(2, io.open("more", "w"))))
