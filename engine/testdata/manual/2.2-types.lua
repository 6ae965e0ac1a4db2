-- Values and types, and how they turn into one another (2.2 and 2.2.1).
print(type(nil), type(true), type(1), type("x"), type(print), type({}), type(coroutine.create(function() end)))
print(not nil, not false, not 0, not "", not {})
print(1 == 1.0, "1" == 1, 0 == -0, "a" .. 1, 1 .. 2)

-- Strings where numbers are expected.
for _, s in ipairs { "10", " 10 ", "010", "0x10", "0X1f", "1e2", "1E+2", ".5", "5.", "-3", "+3", "\t7\n", "1e400", "0x" } do
  print(("%q"):format(s), tonumber(s), pcall(function() return s + 0 end))
end
for _, s in ipairs { "", " ", "x", "1x", "1 2", "0b11", "1_000", "1e", "1e+", "..", "0x1g", "- 1", "--1", "1,5" } do
  print(("%q"):format(s), tonumber(s), (pcall(function() return s + 0 end)))
end
print("10" + 5, "10" * "2", 10 / "4", "7" % 4, "2" ^ "10", -"3", - "-3", "0x10" - 0)
print("10" == 10, "10" < "9", pcall(function() return "10" < 9 end))
print(#"abc", #"\0\0", pcall(function() return #5 end))

-- Numbers where strings are expected.
print(1 .. "", 1.5 .. "", -0.0 .. "", 1e15 .. "", 1e14 .. "", 1e100 .. "", 123456789012345 .. "", 0.1 .. "")
print((0.1 + 0.2) .. "", 1 / 3 .. "", 100 / 3 .. "", 2 ^ 53 .. "", 2 ^ 63 .. "", 1e-5 .. "", 123456.789e3 .. "")
print(1 / 0, -1 / 0, 1 / 0 .. "", -1 / 0 .. "")
print(3.0, -3.0, 1e3, 12345678901234, 123456789012345, 1234567890123456)
print(0xff, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF, 1e308 * 10, 5 % 3, -5 % 3, 5 % -3, -5 % -3, 5.5 % 2, -0.0)
print(string.len(12), string.rep(12, 2), ("x"):rep("3"), string.sub(12345, 2, "3"), string.upper(1.5))
print(math.floor("010"), math.max("10", 9), math.abs("-3"), math.sqrt("16"))

-- A number is one key of a table, however it is spelled; a string is another.
local t = {}
t[1], t[1.0], t["1"] = "a", "b", "c"
print(t[1], t["1"], t[2 / 2], t[10 / 10])
t[0], t[-0.0] = "zero", "minus zero"
print(t[0], t[-0])
for i = "1", "3" do io.write(i, " ") end
print()
for i = 10, "1", "-4" do io.write(i, " ") end
print()
