-- exit: 0
-- flags: --max-busy 20s --max-memory 1GiB
-- stdout: ^alive$

-- The same through the functions of the library that call back.
local uses = {}
function uses.pcall() return select(2, pcall(uses.pcall)) end
function uses.xpcall() xpcall(uses.xpcall, uses.xpcall) end
function uses.handler() xpcall(error, uses.handler) end
function uses.gsub() ("x"):gsub(".", uses.gsub) end
function uses.sort() table.sort({1, 2, 3}, uses.sort) end
function uses.load() load(uses.load)() end
function uses.loaded() loadstring("uses.loaded()")() end
function uses.format() string.format("%s", setmetatable({}, {__tostring = uses.format})) end
function uses.print() print(setmetatable({}, {__tostring = uses.print})) end
function uses.iterator() for _ in uses.iterator do end end
function uses.wrap() coroutine.wrap(uses.wrap)() end
function uses.resume() assert(coroutine.resume(coroutine.create(uses.resume))) end
function uses.error() error(setmetatable({}, {__tostring = uses.error})) end
for name, f in pairs(uses) do
  pcall(f)
end
_G.uses = uses
pcall(uses.loaded)
print("alive")
