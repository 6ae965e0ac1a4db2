-- string.format (5.4).
local function f(...) print((pcall(string.format, ...)), (select(2, pcall(string.format, ...))):gsub("'[%w?]+' %(", "it (")) end
local values = { 0, 1, -1, 3.7, -3.7, 255, 65536, 2 ^ 31, 2 ^ 53, -2 ^ 53, "10", "0x10", " 7 " }
for _, form in ipairs { "%d", "%5d", "%-5d|", "%05d", "%+d", "% d", "%.3d", "%8.3d", "%-8.3d|", "%+05d", "%i", "%.0d", "%+.3i" } do
  local line = {}
  for _, v in ipairs(values) do line[#line + 1] = form:format(v) end
  print(form, table.concat(line, " "))
end
for _, form in ipairs { "%u", "%o", "%x", "%X", "%#o", "%#x", "%#X", "%08x", "%-8x|", "%.5x", "%#.5x", "%5u" } do
  local line = {}
  for _, v in ipairs { 0, 1, 8, 255, 65535, 2 ^ 32, 3.9, "16" } do line[#line + 1] = form:format(v) end
  print(form, table.concat(line, " "))
end
local floats = { 0, 1, -1, 0.1, -0.1, 1 / 3, 100, 123456789, 1e15, 1e16, 1e100, 1e-5, 1e-10, 123.456, 0.5, 1.5, 2.5, 1 / 0, -1 / 0, -0.0, "1.25" }
for _, form in ipairs { "%f", "%.0f", "%.1f", "%10.3f", "%-10.2f|", "%+.2f", "% .2f", "%010.2f", "%#.0f", "%e", "%.0e", "%.3E", "%12.2e", "%#.0e",
  "%g", "%.3g", "%G", "%10g", "%-10g|", "%+g", "%#g", "%.0g", "%.14g", "%.17g", "%.20f", "%5.1f", "%05g" } do
  local line = {}
  for _, v in ipairs(floats) do line[#line + 1] = form:format(v) end
  print(form, table.concat(line, " "))
end
print(("%s %10s %-10s| %.2s %5.1s|"):format("abc", "abc", "abc", "abc", "abc"))
print(("%s %s %s"):format(1, 1.5, "x"), ("%s"):format(1e15), ("%s"):format(0.1), ("%5s|%-5s|"):format(1, 2))
print(("%s"):format(("x"):rep(200)) == ("x"):rep(200), #("%99s"):format("x"), ("%.99f"):format(1 / 3))
print(("%c%c%c"):format(76, "117", 97.9), ("%5c|%-5c|"):format(65, 66))
print(("%q"):format('a "quoted"\n\\line\0\r\t\1\200'), ("%q"):format(12), ("%q"):format(""))
print(("%%"):format(), ("100%%"):format())
print(("%-5s|%+5s|% s|%05s|%#s"):format("a", "b", "c", "d", "e"))
print(("%d %s"):format("3", 4, "extra"), ("no directives"):format(1))
for _, v in ipairs { 2 ^ 63, 1e20, -1e20, 2 ^ 64, 2 ^ 63 - 1024, -2 ^ 63, 1 / 0, -1 / 0, 2 ^ 64 - 2048, -1, -2 ^ 53 } do
  print(v, ("%d %i %u %x %X %o"):format(v, v, v, v, v, v))
end
f("%")
f("%", 1)
f("%y", 1)
f("%5")
f("%d")
f("%d", "x")
f("%d", {})
f("%d", nil)
f("%s")
f("%x", "1e")
f("%c", "a")
f("%q")
f("%q", {})
f("%123d", 1)
f("%.123d", 1)
f("%1.123d", 1)
f("%------d", 1)
f("%-+ #0d", 1)
f("%--d", 1)
f("%0-5d|", 3)
f("%l", 1)
f("%ld", 1)
f("%*d", 1, 2)
f("%n", 1)
f("%p", 1)
f("%a %", 1)
f()
f({})
f(5)
f("%d %d", 1)
