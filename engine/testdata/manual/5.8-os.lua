-- Operating system facilities (5.8), as far as there are some. The time zone is UTC.
local function fails(f) print(pcall(f)) end
local times = { 0, 86399, 951868800, 951782400, 1e9, 1234567890, 1709251199, 1735689599, 1735689600, -1, -86400 * 365, 2 ^ 31, 4102444800 }
for _, t in ipairs(times) do
  for c in ("aAbBcCdDeFgGhHIjklmMpPrRsStTuUVwWxXyYzZn%"):gmatch(".") do
    if c ~= "s" and c ~= "Z" then io.write(c, "=", os.date("!%" .. c, t), "|") end
  end
  print()
end
print(os.date("!%Z", 0), os.date("%d.%m.%Y", 0), os.date("!%H:%M", 3600 * 5), os.date("!100%", 0), os.date("!%Q%-d%_", 0), os.date("!%E%O", 0))
print(os.date("!", 0) == "", os.date("!x", "60"), os.date("!%c", 60.9), #os.date(), #os.date("%x"))
for year = 1970, 2030 do io.write(os.date("!%G %V %U %W %j %u %w ", os.time { year = year, month = 1, day = 1 }), os.date("!%G %V %U %W %j;", os.time { year = year, month = 12, day = 31 })) end
print()
local d = os.date("!*t", 1709251199)
print(d.year, d.month, d.day, d.hour, d.min, d.sec, d.wday, d.yday, d.isdst)
print(os.date("!*tx", 0), type(os.date("*t")))
print(os.time { year = 2000, month = 1, day = 1 }, os.time { year = 2000, month = 1, day = 1, hour = 0 })
print(os.time { year = 2024, month = 14, day = -3, hour = 25, min = 61, sec = 61 }, os.time { year = "2024", month = "2", day = "29", hour = "0x10" })
print(os.time(d) == 1709251199, os.time { year = 2024.9, month = 2.9, day = 1.5 })
print(os.time(setmetatable({}, { __index = { year = 2001, month = 2, day = 3 } })))
fails(function() os.time {} end)
fails(function() os.time { year = 2000 } end)
fails(function() os.time { year = 2000, day = 1 } end)
fails(function() os.time { year = 2000, month = "x", day = 1 } end)
fails(function() os.time(1) end)
fails(function() os.date({}) end)
fails(function() os.date("%c", {}) end)
fails(function() os.date("%c", "x") end)
print(os.difftime(10, 4), os.difftime("10", "4"), os.difftime(5), os.difftime(5.9, 1.9), os.difftime(-1.5), type(os.clock()), type(os.time()))
fails(function() os.difftime() end)
fails(function() os.difftime(1, {}) end)
