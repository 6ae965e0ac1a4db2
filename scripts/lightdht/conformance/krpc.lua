--- Probes of the messages themselves: how a node reads queries, right and wrong, and how it writes answers.
local lab = require "lightdht.conformance.lab"

--- Whether a text is exactly one bencoded value in canonical form, with the keys of every dictionary in order: decoding
--- and encoding it then gives the same text.
local function canonical(packet)
  local ok, value = pcall(bencode.decode, packet)
  return ok and value ~= nil and bencode.encode(value):gsub("le", "de") == packet:gsub("le", "de")
end

--- An error message of the node under test, if any query of these causes one.
local function fault(l)
  for _, method in ipairs{ "find_node", "no_such_method" } do
    local m = l:ask(method, {})
    if m and m.y == "e" then return m end
  end
end

--- A probe of a transaction id that must come back as it was.
local function echo(severity, tx)
  return {
    severity, "BEP 5, KRPC", ("echoes a transaction id of %d byte%s"):format(#tx, #tx == 1 and "" or "s"),
    function(l)
      local m = l:ask("ping", {}, { tx = tx, any = true })
      if not m then return false, "no answer" end
      return m.t == tx, "t = " .. (type(m.t) == "string" and hex.encode(m.t) or tostring(m.t))
    end,
  }
end

--- A probe of a query that must be refused with an error.
local function refuses(severity, source, rule, code, method, args)
  return {
    severity, source, rule,
    function(l) return lab.refused(l:ask(method, args), code) end, rough = true,
  }
end

--- The same with an id that is not valid. It comes from a socket of its own, as nodes remember which id an address has.
local function refuses_id(rule, its)
  return {
    "should", "BEP 5, errors", rule,
    function(l) return lab.refused(l:ask("ping", its, { from = l:open() }), 203) end, rough = true,
  }
end

--- The text of a datagram in which @ is the id of the sender.
local function signed(from, text)
  return (text:gsub("@", function() return "20:" .. id.raw(from.id) end))
end

--- A probe of a datagram that must have no answer.
local function ignores(severity, source, rule, text)
  return {
    severity, source, rule,
    function(l)
      local m = l:send(signed(l.a, text), { silence = true })
      return m == nil, lab.describe(m)
    end,
    rough = true,
  }
end

--- A probe of a datagram that a node must outlive, whatever it answers.
local function survives(rule, text)
  return {
    "must", "robustness", "is alive after " .. rule,
    function(l)
      local from = l:open() -- which is not answered any more, perhaps
      l:send(signed(from, text), { from = from, tries = 1, silence = true })
      l.unheard[from] = nil
      return lab.answered(l:ask("ping", {}))
    end,
    rough = true,
  }
end

--- A probe of a datagram that a node must answer.
local function reads(severity, source, rule, text)
  return {
    severity, source, rule,
    function(l) return lab.answered(l:send(signed(l.a, text), { tx = "pong" })) end,
  }
end

local asks_ping = "d1:ad2:id@e1:q4:ping1:t4:pong1:y1:qe"

return {
  { "must", "BEP 5, ping", "answers a ping with an id of 20 bytes", function(l)
    local m = l:ask("ping", {})
    return m ~= nil and type(m.r) == "table" and type(m.r.id) == "string" and #m.r.id == 20, lab.describe(m)
  end },
  { "must", "BEP 3, bencoding", "writes the keys of a response in order, and nothing behind it", function(l)
    local m = l:ask("get_peers", { info_hash = lab.hash() })
    if not m then return "unknown", "no answer to get_peers" end
    return canonical(m.packet), lab.describe(m)
  end },
  { "must", "BEP 3, bencoding", "writes the keys of an error in order, and nothing behind it", function(l)
    local m = fault(l)
    if not m then return "unknown", "it sends no errors" end
    return canonical(m.packet), lab.describe(m)
  end },
  { "must", "BEP 5, KRPC", "writes an error as a list of a code and a text", function(l)
    local m = fault(l)
    if not m then return "unknown", "it sends no errors" end
    return type(m.e) == "table" and type(m.e[1]) == "number" and type(m.e[2]) == "string", lab.describe(m)
  end },
  { "must", "BEP 5, ping", "has one id for everybody, in every response", function(l)
    local seen, count, without = {}, 0, 0
    for _, from in ipairs{ l.a, l.b or l.a } do
      for method, args in pairs{ ping = {}, find_node = { target = lab.hash() } } do
        local m = l:ask(method, args, { from = from })
        local its = m and m.y == "r" and type(m.r) == "table" and m.r.id
        if type(its) ~= "string" then
          without = without + 1 -- no answer, or one without an id, is not a second id
        elseif not seen[its] then
          seen[its], count = true, count + 1
        end
      end
    end
    if count < 2 and without > 2 then return "unknown", "it answers too little" end
    return count == 1, count .. " id" .. (count == 1 and "" or "s")
  end },
  echo("must", "\0"), echo("must", "\255\0"), echo("must", "tx04"), echo("must", "8 bytes\n"),
  echo("should", "twenty bytes, \0\1\2\3\4\5"),
  { "note", "implementations", "a transaction id of 21 bytes: dropped, 203 or echoed", function(l)
    local m = l:ask("ping", {}, { tx = ("x"):rep(21), silence = true })
    return true, lab.describe(m)
  end },
  ignores("should", "BEP 5, KRPC", "gives no answer to a query without a transaction id", "d1:ad2:id@e1:q4:ping1:y1:qe"),
  ignores("note", "BEP 5, KRPC", "gives no answer to a query with an empty transaction id", "d1:ad2:id@e1:q4:ping1:t0:1:y1:qe"),
  reads("should", "implementations", "reads a query whose keys are out of order", "d1:y1:q1:t4:pong1:q4:ping1:ad2:id@ee"),
  reads("should", "BEP 5, KRPC", "reads a query with keys that it does not know", "d1:ad2:id@4:nopei1ee4:morel1:xe1:q4:ping1:t4:pong1:v4:XX001:y1:qe"),
  ignores("note", "BEP 3, bencoding", "gives no answer to a query with bytes behind it", asks_ping .. "e"),
  ignores("note", "BEP 3, bencoding", "gives no answer to a query with a key twice", "d1:ad2:id@2:id@e1:q4:ping1:t4:pong1:t4:pong1:y1:qe"),
  ignores("should", "amplification", "gives no answer to what is no dictionary", "hello, is anybody there?"),
  ignores("should", "amplification", "gives no answer to a query that is cut short", asks_ping:sub(1, -8)),
  ignores("must", "amplification", "gives no answer to an error", "d1:eli203e1:xe2:id@1:t4:pong1:y1:ee"),
  ignores("must", "amplification", "gives no answer to a response", "d1:rd2:id@e1:t4:pong1:y1:re"),
  ignores("should", "amplification", "gives no answer to a message of an unknown kind", "d1:ad2:id@e1:q4:ping1:t4:pong1:y1:xe"),
  survives("a list nested 5000 deep", ("l"):rep(5000) .. ("e"):rep(5000)),
  survives("a string that says it has 2147483647 bytes", "d1:a2147483647:"),
  survives("a query with an integer of 100 digits", "d1:ad2:id@4:porti" .. ("9"):rep(100) .. "ee1:q4:ping1:t4:pong1:y1:qe"),
  refuses("should", "BEP 5, errors", "refuses a method it does not know with 204", 204, "no_such_method", {}),
  { "note", "BEP 51 relies on it", "answers an unknown method with a target as find_node", function(l)
    local m = l:ask("no_such_method", { target = lab.hash() })
    return m ~= nil and m.named ~= nil, lab.describe(m)
  end },
  { "note", "implementations", "answers an unknown method with an info_hash as find_node", function(l)
    local m = l:ask("no_such_method", { info_hash = lab.hash() })
    return m ~= nil and m.named ~= nil, lab.describe(m)
  end },
  { "should", "BEP 5, errors", "refuses a query without arguments with 203", function(l)
    return lab.refused(l:send("d1:q4:ping1:t4:pong1:y1:qe", { tx = "pong" }), 203)
  end, rough = true },
  refuses("should", "BEP 5, errors", "refuses a query without an id with 203", 203, "ping", "d4:nopei1ee"),
  refuses_id("refuses an id of 19 bytes with 203", { id = ("i"):rep(19) }),
  refuses_id("refuses an id of 21 bytes with 203", { id = ("i"):rep(21) }),
  refuses_id("refuses an id that is a number with 203", { id = 20 }),
  { "note", "reflection", "gives no answer to a query under its own id", function(l)
    local m = l:ask("ping", {}, { id = id.raw(l.id), from = l:open(), silence = true })
    return m == nil, lab.describe(m)
  end },
  { "should", "BEP 42", "tells the asker its address, as `ip`", function(l)
    l.guest:turn()
    local reply, why = l.a.node.rpc.ping(l.target, { timeout = l.patience })
    if not reply then
      l.unheard[l.a] = true
      return "unknown", tostring(why)
    end
    if not reply.ip then return false, "no ip" end
    local its = lab.ip(l.a) and l.a.addr or l.a.addr:match(":%d+$") -- or the port alone, if more is not known
    return reply.ip:sub(-#its) == its, reply.ip
  end },
  { "note", "BEP 5, KRPC", "names its software, as `v`", function(l)
    local m = l:ask("ping", {})
    if not m then return "unknown", "no answer" end
    if type(m.v) ~= "string" then return false, "no v" end
    return true, ("%q"):format(m.v):gsub("[^%g ]", "?")
  end },
}
