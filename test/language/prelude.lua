-- What every program of the gate may call. show prints values so that two implementations print the same: no addresses,
-- and no sign of what is not a number. note traces the order in which things are evaluated.
local write, type, select, tostring, concat, sort = io.write, type, select, tostring, table.concat, table.sort

local function shown(v)
  local kind = type(v)
  if kind == "string" then
    return '"' .. v .. '"'
  elseif v ~= v then
    return "nan"
  elseif kind == "number" or kind == "boolean" or kind == "nil" then
    return tostring(v)
  end
  return kind
end

function show(...)
  local list = {}
  for i = 1, select("#", ...) do
    list[i] = shown((select(i, ...)))
  end
  write(concat(list, " "), "\n")
end

function note(label, ...)
  write("note ", shown(label), " ", select("#", ...), " ", shown((...)), "\n")
  return ...
end

function sorted(list, before)
  sort(list, before)
  return list
end

function only(list)
  local numbers = {}
  for i = 1, 70 do
    if type(list[i]) ~= "number" then
      break
    end
    numbers[i] = list[i]
  end
  return numbers
end

-- value runs one expression and shows what it gives; text says whether one text is Lua.
local loadstring, pcall = loadstring, pcall

function value(s)
  local f, message = loadstring("return " .. s, "=e")
  if f then
    show(pcall(f))
  else
    show("not Lua")
  end
end

function text(s)
  show(loadstring(s, "=e") ~= nil)
end

-- join and totext stand for .. and tostring where a program is searched for what becomes a text that is not compared: an
-- address, what is not a number, and -0.
local function meet(v)
  if v ~= v or v == 0 and 1 / v < 0 then
    write("text of nan\n")
  end
end

function join(a, b)
  meet(a)
  meet(b)
  return a .. b
end

local address = { table = true, ["function"] = true, thread = true, userdata = true }

function totext(...)
  meet((...))
  if address[type((...))] then
    write("text of nan\n") -- an address is as long as the machine makes it
  end
  return tostring(...)
end
