-- Text put together, taken apart, and changed.
local parts = {}
for i = 1, 2000 do parts[#parts + 1] = i % 3 == 0 and i or ("w" .. i) end
local text = table.concat(parts, " ")
print(#text, text:sub(1, 60), text:sub(-20))
local s = ""
for i = 1, 300 do s = s .. i .. (i % 10 == 0 and "\n" or ",") end
print(#s, select(2, s:gsub("\n", "")), s:match("150[^\n]*"))
local words = {}
for w in text:gmatch "%a+%d*1%f[%D]" do words[#words + 1] = w end
print(#words, words[1], words[#words])
print((text:sub(1, 80):gsub("%d+", function(d) return "<" .. d * 2 .. ">" end)))
print((text:sub(1, 80):gsub("(%a)(%d+)", "%2%1")))
local function split(str, sep) local out = {} for piece in (str .. sep):gmatch("(.-)" .. sep:gsub("%p", "%%%0")) do out[#out + 1] = piece end return out end
print(#split("a.b..c", "."), table.concat(split("1, 2, 3", ", "), "|"))
local function caesar(str, n) return (str:gsub("%a", function(c) local base = c:find "%l" and 97 or 65 return string.char((c:byte() - base + n) % 26 + base) end)) end
print(caesar("Hello, World!", 3), caesar(caesar("Hello, World!", 3), -3))
local function wrap(str, width) local line, out = "", {} for w in str:gmatch "%S+" do if #line + #w + 1 > width then out[#out + 1] = line line = w else line = line == "" and w or line .. " " .. w end end out[#out + 1] = line return out end
for _, line in ipairs(wrap(("the quick brown fox "):rep(6), 30)) do print(line, #line) end
local function roman(n) local out = "" for _, p in ipairs { { 1000, "M" }, { 900, "CM" }, { 500, "D" }, { 400, "CD" }, { 100, "C" }, { 90, "XC" }, { 50, "L" }, { 40, "XL" }, { 10, "X" }, { 9, "IX" }, { 5, "V" }, { 4, "IV" }, { 1, "I" } } do while n >= p[1] do out, n = out .. p[2], n - p[1] end end return out end
print(roman(1994), roman(2024), roman(49))
print(("%5.2f|%-8s|%03d|%x|%g|%q"):format(math.pi, "left", 7, 255, 1e20, "q\n"))
local json = {}
local function encode(v) if type(v) ~= "table" then return type(v) == "string" and ("%q"):format(v) or tostring(v) end local keys, out = {}, {} for k in pairs(v) do keys[#keys + 1] = k end table.sort(keys) for _, k in ipairs(keys) do out[#out + 1] = ("%q:%s"):format(k, encode(v[k])) end return "{" .. table.concat(out, ",") .. "}" end
print(encode { b = 1, a = { c = true, d = "x" } })
