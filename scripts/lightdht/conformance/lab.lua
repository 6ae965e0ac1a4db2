--- Where a node is put to the test: nodes of ours at several addresses, which send it datagrams of our own making and
--- take its answers apart. All of them keep to one budget (lightdht.conformance.guest), and each has one id for good,
--- since nodes distrust an address whose id changes.
---
--- Silence alone proves nothing: a datagram may be lost, a sender may be banned. A lab notes which of its sockets got no
--- answer; lab:control then finds out whether honest queries are answered at the same time.
local guest = require "lightdht.conformance.guest"

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
---@field heard boolean  its last honest query was answered

---@class conformance.Lab
---@field target address  of the node under test
---@field list string  "nodes", or "nodes6" if it is asked over IPv6, and ...
---@field size integer  ... the bytes of one of them
---@field patience seconds  how long an answer is waited for
---@field slow boolean  hours of waiting are fine
---@field guest conformance.Guest
---@field a conformance.Node  it asks unless a probe says otherwise
---@field b? conformance.Node  at another IP address; nil if the machine has no other
---@field home? address  where nodes of ours listen, if not where the system chooses
---@field everywhere boolean  each node of ours has an IP address of its own
---@field id id  of the node under test
---@field version? string  what the node under test says of its software
---@field known? integer  how many others it named when it was given others to name
---@field garbled? boolean  it has sent a list of nodes of a wrong length
---@field unheard table<conformance.Node, boolean>  who sent something that had no answer, since the probe began
---@field denied? string  why nothing was sent, if this run may not
---@field sent string  the last datagram that was sent, and ...
---@field got string  ... its answer; "" without one

--- Why a probe was not run that takes a second IP address.
lab.alone = "needs a second IP address of ours: --listen A,B"

--- How long to wait between honest queries to a node that answers none any more. Together they outlast the bans that
--- clients are known for: libtorrent's takes 5 minutes.
local pauses = { 2, 10, 30, 60, 120, 240 }

--- How many of these a node is given that ignores even an address which has never sent anything else.
local last_hope = 3

--- Opens a lab around a node. nil and why not if that does not answer.
---@param target address
---@param opts { patience: seconds, rate?: number, slow: boolean, second?: address }
---@return conformance.Lab?
---@return string? why
function lab.new(target, opts)
  local self = setmetatable({
    target = target, patience = opts.patience, slow = opts.slow, second = opts.second, guest = guest.new(opts.rate),
    number = 0, hosts = 0, all = {}, pairs = {}, unheard = {}, sent = "", got = "",
    loopback = target:find("^127%.") ~= nil, list = "nodes", size = 26,
  }, lab)
  if target:find("^%[") then self.list, self.size = "nodes6", 38 end
  self.a, self.b = self:open(), self:open({ addr = opts.second })
  if lab.ip(self.b) == lab.ip(self.a) then self.b = nil end -- it stays open, unused
  self.everywhere = self.b ~= nil and not opts.second
  local pong = self:ask("ping", {})
  if not pong or not pong.r or type(pong.r.id) ~= "string" or #pong.r.id ~= 20 then
    self:close()
    return nil, "no node answers a ping at " .. target .. ": " .. (self.denied or lab.describe(pong))
  end
  self.id, self.version = id.hex(pong.r.id), pong.v
  return self
end

--- The IP address of a node of the lab; nil if it listens at all addresses of the machine, so that its own is not known.
---@param n conformance.Node
---@return string?
function lab.ip(n)
  local ip = n.addr:match("^(.*):")
  if ip ~= "0.0.0.0" and ip ~= "[::]" then return ip end
end

--- Opens one more node of ours, at an IP address of its own if that can be.
---@param opts? dht.OpenOptions
---@return conformance.Node
function lab:open(opts)
  opts = opts or {}
  if opts.bootstrap == nil then opts.bootstrap = false end
  self.hosts = self.hosts + 1
  opts.addr = opts.addr or self.home
  local chosen = opts.addr
  if self.loopback and not chosen then opts.addr = ("127.0.77.%d:0"):format((self.hosts - 1) % 250 + 1) end
  local node, why = dht.open(opts)
  if not node and chosen then error("cannot open a node at " .. chosen .. ": " .. tostring(why), 0) end
  if not node then -- not every system has all of 127.0.0.0/8
    opts.addr = nil
    node = assert(dht.open(opts))
  end
  local n = { node = node, id = node.id, addr = self.size == 38 and node.addr6 or node.addr, heard = false }
  self.all[#self.all + 1] = n
  return n
end

--- Closes all nodes of the lab.
function lab:close()
  for _, n in ipairs(self.all) do n.node:close() end
end

--- Gives the node under test some time, in units of our patience.
---@param n number
function lab:pause(n) sleep(n * self.patience) end

--- A transaction id that was not used yet. Every implementation examined understands four bytes.
---@return string
function lab:tx()
  self.number = self.number + 1
  return ("p%03x"):format(self.number % 4096)
end

--- Whether an answer says no more than that we ask too often.
local function limited(m)
  if m.y ~= "e" or type(m.e) ~= "table" then return false end
  local text = tostring(m.e[2] or ""):lower()
  return text:find("too many", 1, true) ~= nil or text:find("too fast", 1, true) ~= nil or text:find("flood", 1, true) ~= nil
    or text:find("rate", 1, true) ~= nil and text:find("limit", 1, true) ~= nil
end

--- Reads bencode, also if there is something behind it, of some bytes.
local function lenient(packet)
  for cut = 0, math.min(16, #packet - 1) do
    local ok, value = pcall(bencode.decode, packet:sub(1, -1 - cut))
    if ok and value ~= nil then return value end
  end
end

--- Takes apart what came in answer to a datagram. What cannot be read has neither y nor t.
function lab:read(reply, packet)
  local m = lenient(reply.packet)
  if type(m) ~= "table" then m = {} end
  m.packet, m.asked = reply.packet, #packet
  local named = type(m.r) == "table" and m.r[self.list]
  m.named = type(named) == "string" and named or nil
  return m
end

--- How often a datagram is sent again to a node that asks for fewer.
local obedience = 6

--- Sends a datagram once, in its turn, and returns the next thing that came from the node under test.
function lab:once(from, packet)
  for _ = 1, obedience do
    self.guest:turn()
    local reply, why = from.node.rpc.raw(self.target, packet, { timeout = self.patience })
    if why and why.kind == "unreachable" then self.denied = tostring(why) end
    local m = reply and self:read(reply, packet)
    if not m or not limited(m) then return m end
    self.guest:slower()
    self.got = m.packet
    sleep(5 / self.guest.rate)
  end
end

--- Sends a datagram and returns what came in answer to it; nil if nothing did. tries: how often to send it while there is
--- no answer, by default as the losses so far suggest; silence: none is expected; any: an answer with another transaction id is one, too.
---@param packet string
---@param opts? { from?: conformance.Node, tx?: string, tries?: integer, silence?: boolean, any?: boolean }
---@return conformance.Message?
function lab:send(packet, opts)
  opts = opts or {}
  local from = opts.from or self.a
  self.sent, self.got = packet, ""
  local lost = false
  for _ = 1, opts.tries or self.guest:tries() do
    local m = self:once(from, packet)
    if m and lost and not opts.silence then self.guest:note(false) end -- an earlier try
    if m then self.guest:note(true) end
    lost = not m
    if m and (opts.tx == nil or opts.any or m.t == opts.tx) then -- else it is the late answer to something before
      self.got = m.packet
      return m
    end
  end
  self.unheard[from] = true
end

--- A query as a datagram. args are bencoded; a string among them is taken as bencoded already.
---@param method string
---@param args table<string, any>|string
---@param opts? { from?: conformance.Node, id?: string, tx?: string, ro?: integer }
---@return string
function lab:query(method, args, opts)
  opts = opts or {}
  if type(args) == "table" then
    local all = { id = opts.id or id.raw((opts.from or self.a).id) }
    for k, v in pairs(args) do all[k] = v end
    args = bencode.encode(all)
  end
  local ro = opts.ro and "2:roi" .. opts.ro .. "e" or ""
  return "d1:a" .. args .. "1:q" .. bencode.encode(method) .. ro .. "1:t" .. bencode.encode(opts.tx) .. "1:y1:qe"
end

---@class conformance.AskOptions
---@field from? conformance.Node  who asks
---@field id? string  the id that it gives, if not its own
---@field tx? string
---@field ro? integer
---@field tries? integer
---@field silence? boolean  no answer is expected
---@field any? boolean

--- Asks the node under test, as a well-behaved node would unless the options say otherwise.
---@param method string
---@param args table<string, any>|string
---@param opts? conformance.AskOptions
---@return conformance.Message?
function lab:ask(method, args, opts)
  opts = opts or {}
  local from, tx = opts.from or self.a, opts.tx or self:tx()
  local m = self:send(self:query(method, args, { from = from, id = opts.id, tx = tx, ro = opts.ro }),
    { from = from, tx = tx, tries = opts.tries, silence = opts.silence, any = opts.any })
  local aim = type(args) == "table" and (args.target or args.info_hash or method == "ping")
  if m and m.y == "r" and aim and not self.pairs[method] then self.pairs[method] = { m.asked, #m.packet } end
  return m
end

--- Whether the node under test answers an honest ping from a node of ours. What a probe sent and got stays noted.
---@param from conformance.Node
---@return boolean
function lab:hears(from)
  local sent, got, unheard = self.sent, self.got, self.unheard
  self.unheard = {}
  from.heard = self:ask("ping", {}, { from = from, tries = 3 }) ~= nil
  self.sent, self.got, self.unheard = sent, got, unheard
  return from.heard
end

--- The answer to a query that a node need not know: false if it has none, twice, while honest queries are answered; nil if
--- those are not.
---@param method string
---@param args table<string, any>
---@return conformance.Message|false|nil
function lab:claim(method, args)
  for _ = 1, 2 do
    local m = self:ask(method, args)
    if m then return m end
    if not self:hears(self.a) then return nil end
  end
  return false
end

--- Whether the silence that a probe met means something (the rate is not to blame for it then): "heard" if the node under test answers honest queries from the
--- same sockets, "shunned" if only from one that has sent nothing else, nil if from nowhere.
---@return "heard"|"shunned"|nil
function lab:control()
  local all = true
  for n in pairs(self.unheard) do all = self:hears(n) and all end
  if all then return "heard" end
  return self:renew() and "shunned" or nil
end

--- Goes on from a fresh socket with a fresh id, if that is answered.
---@return boolean
function lab:renew()
  local fresh = self:open()
  if not self:hears(fresh) then
    fresh.node:close()
    return false
  end
  if self.unheard[self.a] then self.a = fresh end
  if self.b and self.unheard[self.b] then self.b = self:open({ addr = self.second }) end
  return true
end

--- Goes on from the second IP address alone, if that is answered: the first one may be banned for good.
---@return boolean
function lab:move()
  if not self.second or not self.b or not self:hears(self.b) then return false end
  self.a, self.b, self.home = self.b, nil, self.second
  return true
end

--- Waits until a node that has stopped to answer does so again; false if it does not.
---@return boolean
function lab:wait_out()
  local began = task.now()
  self.guest.bans = self.guest.bans + 1
  self.guest:slower()
  self.unheard[self.a] = true
  for i, pause in ipairs(pauses) do
    sleep(pause)
    local back = self:renew() or i >= last_hope and self:move()
    self.guest.waited = self.guest.waited + task.now() - began
    began = task.now()
    if back then return true end
    if i >= last_hope and self:elsewhere() then return false end
  end
  return false
end

--- Whether honest queries were sent from IP addresses besides the one whose sender may be banned: then a node that
--- answers none of them has ended.
---@return boolean
function lab:elsewhere() return self.everywhere or self.second ~= nil and self.b ~= nil end

--- A random 20-byte string: an info-hash that nobody knows.
---@return string
function lab.hash() return id.raw(id.random()) end

--- A token of the node under test, for one of ours; "" if it gives none. Where there are peers, or an item, it may give none
--- beside them; what it gives for another hash is as good then, as tokens are for addresses.
---@param hash string
---@param from? conformance.Node
---@param method? string  "get_peers" or "get"
---@return string
function lab:token(hash, from, method)
  local key = method == "get" and "target" or "info_hash"
  for _, point in ipairs{ hash, lab.hash() } do
    local m = self:ask(method or "get_peers", { [key] = point }, { from = from })
    local r = m and type(m.r) == "table" and m.r or {}
    if type(r.token) == "string" then return r.token end
    if not r.values and not r.v then break end
  end
  return ""
end

--- The nodes that a response names; none if the length of the list is wrong, which is the subject of a probe of its own.
--- Addresses are bytes in hex: they are only compared.
---@param m? conformance.Message
---@return { id: id, addr: string }[]
function lab:nodes(m)
  local list, text = {}, m and m.named or ""
  if #text % self.size ~= 0 then
    self.garbled = true
    return list
  end
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

--- Whether the node under test names an id when it is asked for just that; the address that it gives.
---@param wanted id
---@return boolean
---@return string? addr
function lab:names(wanted)
  for _, n in ipairs(self:near(wanted)) do
    if n.id == wanted then return true, n.addr end
  end
  return false
end

--- A node of ours that asks and answers, with an id that any routing table has room for, after the node under test has
--- named it; nil if it does not name the nodes that ask it. Then it means nothing that another node is not named.
---@return conformance.Node?
function lab:querier()
  if self.found == nil then
    self.found = false
    local n = self:open{ id = id.with_prefix(self.id, 20) }
    for _ = 1, 5 do
      self:greet(n)
      self:pause(1)
      if self:names(n.id) then
        self.found = n
        break
      end
    end
  end
  return self:remember("found")
end

--- Something that was found out about the node under test, and holds from then on; unless that was by its silence.
---@param what string
---@return any
function lab:remember(what)
  local value = self[what]
  if not value and next(self.unheard) then self[what] = nil end
  return value or nil
end

--- Asks the node under test by the node of ours itself, which then knows it.
---@param n conformance.Node
function lab:greet(n)
  for _ = 1, self.guest:tries() do
    self.guest:turn()
    if n.node.rpc.find_node(self.target, n.id, { timeout = self.patience }) then
      self.guest:note(true)
      return
    end
  end
  self.unheard[n] = true
end

--- The ports of a torrent's peers at an IP address, by what the node under test says to somebody else.
---@param hash string
---@param of? conformance.Node
---@return integer[] ports
---@return conformance.Message? m
function lab:ports(hash, of)
  local m = self:ask("get_peers", { info_hash = hash }, { from = self.b })
  local ip, ports = lab.ip(of or self.a), {}
  for _, v in ipairs(m and m.r and type(m.r.values) == "table" and m.r.values or {}) do
    if type(v) == "string" and #v == self.size - 20 then
      local a, b, c, d = v:byte(1, 4)
      local hi, lo = v:byte(-2, -1)
      local its = #v == 18 or not ip or ("%d.%d.%d.%d"):format(a, b, c, d) == ip -- over IPv6 all nodes of the lab have one address
      if its then ports[#ports + 1] = hi * 256 + lo end
    end
  end
  return ports, m
end

--- Announces a torrent with a fresh token, unless args bring another. An argument that is false is left out.
---@param hash string
---@param args? table<string, any>
---@param from? conformance.Node
---@return conformance.Message?
function lab:announce(hash, args, from)
  local all = { info_hash = hash, port = 7001 }
  if not args or args.token == nil then all.token = self:token(hash, from) end
  for k, v in pairs(args or {}) do all[k] = v or nil end
  return self:ask("announce_peer", all, { from = from })
end

--- Whether the node under test tells of a peer that was announced properly. If not, it means nothing that it does not tell
--- of others.
---@return boolean
function lab:stores()
  if self.stored == nil then
    local hash = lab.hash()
    self:announce(hash)
    self.stored = false
    for _, port in ipairs((self:ports(hash))) do self.stored = self.stored or port == 7001 end
  end
  return self:remember("stored")
end

--- Makes sure that the node under test knows enough others to have a choice: opens nodes that ask it, and waits until it
--- names them. Returns how many it names.
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
      if known >= enough then break end
    end
    self.known = known
    return known >= enough
  end
  if look(8) or self.garbled then return known end
  self.members = {}
  for i = 1, enough do self.members[i] = self:open() end
  for _ = 1, 4 do
    local before = known
    for _, n in ipairs(self.members) do self:greet(n) end
    self:pause(1)
    if look(6) or known == before and known > 0 then break end
  end
  if known == 0 and next(self.unheard) then self.known = nil end
  return known
end

--- Describes an answer in a few words.
---@param m? conformance.Message
---@return string
function lab.describe(m)
  if not m then return "no answer" end
  if m.y == nil and m.t == nil then return ("%d bytes that are no message"):format(#m.packet) end
  if m.y == "e" then
    local code, text = m.e, ""
    if type(m.e) == "table" then code, text = m.e[1], tostring(m.e[2] or "") end
    return ("error %s%s"):format(tostring(code), text ~= "" and ": " .. text or "")
  end
  if type(m.r) ~= "table" then return "neither response nor error" end
  local words = {}
  for k, v in pairs(m.r) do
    local size = k == "nodes" and 26 or k == "nodes6" and 38
    if size and type(v) == "string" then
      words[#words + 1] = #v % size == 0 and #v / size .. " " .. k or ("%s of %d bytes"):format(k, #v)
    elseif k == "values" and type(v) == "table" then
      words[#words + 1] = #v .. " values"
    elseif k ~= "id" and k ~= "p" then
      words[#words + 1] = tostring(k)
    end
  end
  table.sort(words)
  return "a response" .. (#words > 0 and " with " .. table.concat(words, ", ") or "")
end

--- A response, to a probe that looks at what it has: nil, and the verdict on anything else. Whether a query is answered at
--- all is the subject of other probes.
---@param m? conformance.Message
---@return table<string, any>? r
---@return string? verdict
---@return string? seen
function lab.response(m)
  if m and m.y == "r" and type(m.r) == "table" then return m.r end
  return nil, "unknown", lab.describe(m)
end

--- Whether a node refused with an error code; and what it did.
---@param m? conformance.Message
---@param code integer
---@return boolean
---@return string
function lab.refused(m, code)
  if not m or m.y ~= "e" then return false, lab.describe(m) end
  local said = type(m.e) == "table" and m.e[1] or m.e -- whether it is written as it should be is the subject of another probe
  return tonumber(said) == code or tonumber(tostring(said):match("^%d+")) == code, lab.describe(m)
end

--- Whether the answer is a response; and a description of it.
---@param m? conformance.Message
---@return boolean
---@return string
function lab.answered(m)
  return m ~= nil and m.y == "r" and type(m.r) == "table" and type(m.r.id) == "string", lab.describe(m)
end

return lab
