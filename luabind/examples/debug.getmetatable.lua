print(debug.getmetatable({}), debug.getmetatable("").__index == string)  --> nil	true
