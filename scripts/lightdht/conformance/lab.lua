--- The lab tests one node. It opens nodes of its own at several addresses, which send hand-made datagrams to the node
--- under test and decode its answers. From one address it never sends more than `rate` queries a second, as some nodes
--- take no more than five.
local lab = {}
lab.__index = lab

--- The decoded answer to one datagram.
---@class conformance.Message
---@field y string  "r" or "e"
---@field t string
---@field r? table<string, any>  values of a response
---@field e? any[]  code and text of an error
---@field packet string
---@field asked integer  size in bytes of the datagram that it answers
---@field named? string  the nodes that it names, of the network that it came over

---@class conformance.Node
---@field node dht.Node
---@field id id
---@field addr address  where its queries come from
---@field due seconds  when it may send again

---@class conformance.Lab
---@field target address  of the node under test
---@field list string  "nodes", or "nodes6" if it is asked over IPv6, and ...
---@field size integer  ... the bytes of one of them
---@field patience seconds  how long to wait for an answer
---@field slow boolean  probes may wait for minutes or hours
---@field a conformance.Node  it asks unless a probe says otherwise
---@field b? conformance.Node  at another IP address; nil if only one address can be had
---@field id id  of the node under test
---@field known? integer  how many other nodes it named, once there were enough to name; see populate
---@field silent boolean  a datagram had no answer
---@field denied? string  why nothing was sent, if this run may not send
---@field sent string  the last datagram that was sent, and ...
---@field got string  ... its answer; "" without one

--- Opens a lab for one node. Returns nil and the reason if the node does not answer.
---@param target address
---@param opts { patience: seconds, rate: number, slow: boolean }
---@return conformance.Lab?
---@return string? why
function lab.new(target, opts)
  local self = setmetatable({
    target = target, patience = opts.patience, rate = opts.rate, slow = opts.slow,
    number = 0, hosts = 0, all = {}, pairs = {}, loopback = target:find("^127%.") ~= nil, list = "nodes", size = 26,
  }, lab)
  if target:find("^%[") then self.list, self.size = "nodes6", 38 end
  self.a, self.b = self:open(), self:open()
  if self.b.addr:match("^(.*):") == self.a.addr:match("^(.*):") then self.b = nil end -- it stays open, unused
  local pong = self:ask("ping", {})
  if not pong or not pong.r or type(pong.r.id) ~= "string" or #pong.r.id ~= 20 then
    self:close()
    return nil, "no node answers a ping at " .. target .. ": " .. (self.denied or lab.describe(pong))
  end
  self.id, self.version = id.hex(pong.r.id), pong.v
  return self
end

--- Opens one more node of the lab, at an IP address of its own if possible.
---@param opts? dht.OpenOptions
---@return conformance.Node
function lab:open(opts)
  opts = opts or {}
  if opts.bootstrap == nil then opts.bootstrap = false end
  self.hosts = self.hosts + 1
  if self.loopback then opts.addr = ("127.0.77.%d:0"):format(self.hosts) end
  local node = dht.open(opts)
  if not node then -- not every system has all of 127.0.0.0/8
    opts.addr = nil
    node = assert(dht.open(opts))
  end
  local n = { node = node, id = node.id, addr = self.size == 38 and node.addr6 or node.addr, due = 0 }
  self.all[#self.all + 1] = n
  return n
end

--- Closes all nodes of the lab.
function lab:close()
  for _, n in ipairs(self.all) do n.node:close() end
end

--- Waits until a node of the lab may send again.
---@param n conformance.Node
function lab:pace(n)
  local now = task.now()
  if n.due > now then sleep(n.due - now) end
  n.due = math.max(n.due, now) + 1 / self.rate
end

--- Waits n times the lab's patience.
---@param n number
function lab:pause(n) sleep(n * self.patience) end

--- A transaction id that was not used yet. Every implementation examined understands four bytes.
---@return string
function lab:tx()
  self.number = self.number + 1
  return ("p%03x"):format(self.number % 4096)
end

--- Sends a datagram and returns the answer; nil without one.
---@param packet string
---@param opts? { from?: conformance.Node, tx?: string, tries?: integer }  tries: how often to send it while there is no answer; default 3
---@return conformance.Message?
function lab:send(packet, opts)
  opts = opts or {}
  local from, odd = opts.from or self.a, nil
  for _ = 1, opts.tries or 3 do
    self:pace(from)
    local reply, why = from.node.rpc.raw(self.target, packet, { timeout = self.patience })
    if why and why.kind == "unreachable" then self.denied = tostring(why) end
    local m = reply and bencode.decode(reply.packet)
    self.sent, self.got = packet, reply and reply.packet or ""
    if type(m) == "table" then
      m.packet, m.asked = reply.packet, #packet
      local named = type(m.r) == "table" and m.r[self.list]
      m.named = type(named) == "string" and named or nil
      if opts.tx == nil or m.t == opts.tx then return m end
      odd = m -- the late answer to something else, perhaps
    elseif reply then
      odd = { y = "?", t = "", packet = reply.packet, asked = #packet }
    end
  end
  self.silent = self.silent or odd == nil
  return odd
end

--- Whether the node under test still answers.
---@return boolean
function lab:alive() return self:ask("ping", {}) ~= nil end

--- A query as a datagram. args are bencoded; a string among them is taken as bencoded already.
---@param method string
---@param args table<string, any>|string
---@param opts? { id?: string, tx?: string, ro?: integer }
---@return string
function lab:query(method, args, opts)
  opts = opts or {}
  if type(args) == "table" then
    local all = { id = opts.id or id.raw(self.a.id) }
    for k, v in pairs(args) do all[k] = v end
    args = bencode.encode(all)
  end
  local ro = opts.ro and "2:roi" .. opts.ro .. "e" or ""
  return "d1:a" .. args .. "1:q" .. bencode.encode(method) .. ro .. "1:t" .. bencode.encode(opts.tx) .. "1:y1:qe"
end

--- Asks the node under test, as a well-behaved node would unless the options say otherwise.
---@param method string
---@param args table<string, any>|string
---@param opts? { from?: conformance.Node, id?: string, tx?: string, ro?: integer, tries?: integer }
---@return conformance.Message?
function lab:ask(method, args, opts)
  opts = opts or {}
  local from, tx = opts.from or self.a, opts.tx or self:tx()
  local m = self:send(self:query(method, args, { id = opts.id or id.raw(from.id), tx = tx, ro = opts.ro }),
    { from = from, tx = tx, tries = opts.tries })
  local aim = type(args) == "table" and (args.target or args.info_hash or method == "ping")
  if m and m.y == "r" and aim and not self.pairs[method] then self.pairs[method] = { m.asked, #m.packet } end
  return m
end

--- A random 20-byte string: an info-hash that nobody knows.
---@return string
function lab.hash() return id.raw(id.random()) end

--- A token that the node under test gives to a node of the lab; "" if it gives no token.
---@param hash string
---@param from? conformance.Node
---@param method? string  "get_peers" or "get"
---@return string
function lab:token(hash, from, method)
  local key = method == "get" and "target" or "info_hash"
  local m = self:ask(method or "get_peers", { [key] = hash }, { from = from })
  return m and m.r and type(m.r.token) == "string" and m.r.token or ""
end

--- The nodes that a response names. Addresses are bytes in hex: they are only compared.
---@param m? conformance.Message
---@return { id: id, addr: string }[]
function lab:nodes(m)
  local list, text = {}, m and m.named or ""
  for i = 1, #text - self.size + 1, self.size do
    list[#list + 1] = { id = id.hex(text:sub(i, i + 19)), addr = hex.encode(text:sub(i + 20, i + self.size - 1)) }
  end
  return list
end

--- Asks for the nodes near a point.
---@param target id
---@param method? string  "find_node" or "get_peers"
---@return { id: id, addr: string }[]
function lab:near(target, method)
  if method == "get_peers" then return self:nodes(self:ask(method, { info_hash = id.raw(target) })) end
  return self:nodes(self:ask("find_node", { target = id.raw(target) }))
end

--- The ports of a torrent's peers at the IP address of `of`, as the node under test tells them to node b.
---@param hash string
---@param of? conformance.Node
---@return integer[] ports
---@return conformance.Message? m
function lab:ports(hash, of)
  local m = self:ask("get_peers", { info_hash = hash }, { from = self.b })
  local ip, ports = (of or self.a).addr:match("^(.*):"), {}
  for _, v in ipairs(m and m.r and type(m.r.values) == "table" and m.r.values or {}) do
    if type(v) == "string" and #v == self.size - 20 then
      local a, b, c, d = v:byte(1, 4)
      local hi, lo = v:byte(-2, -1)
      local its = #v == 18 or ("%d.%d.%d.%d"):format(a, b, c, d) == ip -- over IPv6 all nodes of the lab have one address
      if its then ports[#ports + 1] = hi * 256 + lo end
    end
  end
  return ports, m
end

--- Makes sure that the node under test knows enough others to have a choice: opens nodes that join through it, and
--- waits until it names them. Returns how many it names.
---@param enough integer
---@return integer
function lab:populate(enough)
  if self.known then return self.known end
  local named, known = {}, 0
  local function look(rounds)
    for i = 1, rounds do
      for _, n in ipairs(self:near(id.random(), i % 2 == 0 and "get_peers" or nil)) do
        if not named[n.id] then named[n.id], known = true, known + 1 end
      end
      self.known = known
      if known >= enough then return true end
    end
  end
  if look(8) then return known end
  local fresh = {}
  for i = 1, enough do fresh[i] = self:open() end
  self.members = fresh
  for _ = 1, 10 do
    task.map(fresh, function(n) n.node:bootstrap({ self.target }) end, { parallel = 8 })
    self:pause(1)
    if look(6) then break end
  end
  return known
end

--- Describes an answer in a few words.
---@param m? conformance.Message
---@return string
function lab.describe(m)
  if not m then return "no answer" end
  if m.y == "e" then
    local code, text = m.e, ""
    if type(m.e) == "table" then code, text = m.e[1], tostring(m.e[2] or "") end
    return ("error %s%s"):format(tostring(code), text ~= "" and ": " .. text or "")
  end
  if type(m.r) ~= "table" then return "neither response nor error" end
  local words = {}
  for k, v in pairs(m.r) do
    if (k == "nodes" or k == "nodes6") and type(v) == "string" then
      words[#words + 1] = ("%g %s"):format(#v / (k == "nodes" and 26 or 38), k)
    elseif k == "values" and type(v) == "table" then
      words[#words + 1] = #v .. " values"
    elseif k ~= "id" and k ~= "p" then
      words[#words + 1] = k
    end
  end
  return "a response" .. (#words > 0 and " with " .. table.concat(words, ", ") or "")
end

--- Whether the answer is this error code; and a description of it.
---@param m? conformance.Message
---@param code integer
---@return boolean
---@return string
function lab.refused(m, code)
  return m ~= nil and m.y == "e" and type(m.e) == "table" and m.e[1] == code, lab.describe(m)
end

--- Whether the answer is a response; and a description of it.
---@param m? conformance.Message
---@return boolean
---@return string
function lab.answered(m)
  return m ~= nil and m.y == "r" and type(m.r) == "table" and type(m.r.id) == "string", lab.describe(m)
end

return lab
