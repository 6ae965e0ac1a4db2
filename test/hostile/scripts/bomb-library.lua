-- exit: 0
-- memory: 200MB
-- flags: --max-memory 400MiB --max-busy 20s
-- stdout: ^refused$

-- One call each that would take gigabytes or hours.
local s = ("x"):rep(2 ^ 24)
local function refused(f, ...) assert(pcall(f, ...) == false) end
refused(string.rep, s, 1e9)
refused(string.format, "%99999999d", 1)
refused(string.format, "%s%s", s, s)
refused(string.gsub, s, "x", s)
refused(string.gsub, s, "", s)
refused(table.concat, {s, s, s, s})
refused(unpack, {}, 1, 1e9)
refused(unpack, {}, -2 ^ 53, 2 ^ 53)
refused(string.byte, s, 1, -1)
refused(os.date, ("%c"):rep(2 ^ 23))
refused(json.encode, {s, s})
refused(bencode.encode, {s, s})
assert(load(s) == nil)
local t = {}
t[2 ^ 31], t[2 ^ 53], t[-2 ^ 53] = 1, 2, 3
table.insert(t, 2 ^ 40, 4)
assert(#t == 0)
print("refused")
