for line in io.lines() do print(#line, line) end
--> 5	first
--> 6	second
