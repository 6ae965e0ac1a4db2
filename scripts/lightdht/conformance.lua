--- Does a node keep to the rules? Sends one some hundred queries, right and wrong, and says what it makes of them.
---
---   local conformance = require "lightdht.conformance"
---   local report = assert(conformance.run("127.0.0.1:6881"))
---   print(conformance.summary(report))
---   for _, row in ipairs(conformance.faults(report)) do print(row.rule, row.seen) end
---
--- The node under test is asked from nodes of ours, so that it has somebody to name. Some implementations take nobody in
--- who comes to them: let such a node join a network of some thirty others first, or what it names stays unknown. Some
--- probes need a second IP address: there are enough on the loopback interface and in a simulation; elsewhere, give one.
--- It is not for the public DHT, whose members nobody has asked; run it against a node of your own.
local lab = require "lightdht.conformance.lab"

local conformance = {}

--- The groups of probes, in the order of running. Each probe is a severity, a source, a rule, and a function of the lab
--- that returns a verdict and what was seen: true, false, "skip" if it does not apply, "unknown" if it cannot be told.
--- Those that are rough, with datagrams that a node might not survive, come after all others.
local groups = {
  { name = "krpc", probes = require "lightdht.conformance.krpc" },
  { name = "nodes", probes = require "lightdht.conformance.nodes" },
  { name = "peers", probes = require "lightdht.conformance.peers" },
  { name = "items", probes = require "lightdht.conformance.items" },
  { name = "extras", probes = require "lightdht.conformance.extras" },
}

---@class conformance.Options
---@field patience? seconds  how long an answer is waited for, and a change in its table; default 1, in a simulation 5
---@field rate? number  queries a second to the node, by all sockets together; default: 1 to 2, by what it takes
---@field slow? boolean  run the probes that take minutes to hours; default: in a simulation, where they take none
---@field only? string  run those groups and rules only that have this in their names; it is an error if there are none
---@field second? address  where a second node of ours listens, at another IP address, with port 0
---@field known? conformance.Row[]  rows of a run that was interrupted: what has a verdict there is not tried again

---@class conformance.Row
---@field group string  "krpc", "nodes", "peers", "items" or "extras"
---@field rule string  what is asked for
---@field source string  who asks for it: a BEP and its section, or what makes sense
---@field severity string  "must", "should" or "note"
---@field verdict string  "pass", "fail", "skip" if the node does not claim it, "unknown" if it could not be told
---@field seen string  what the node did
---@field sent string  the last datagram of the probe, as printable characters and \xx
---@field got string  the answer to that, likewise; "" if there was none

---@class conformance.Report
---@field target address
---@field id id
---@field version string  what the node calls itself; "" if nothing
---@field rows conformance.Row[]
---@field queries integer  how many were sent
---@field cost? string  what it took, if the node had to be waited for

--- What a text from the node under test is shown as: one line that drives no terminal.
local function shown(text)
  return (tostring(text or ""):gsub("[%c\127-\255]", "?"):sub(1, 200))
end

--- A datagram as text: what does not print, and backslashes, as \xx in hex.
local function escaped(packet)
  return (packet:gsub("\\", "\\x5c"):gsub("[^ -~]", function(c) return "\\x" .. hex.encode(c) end))
end

--- Runs a probe. A verdict that rests on silence stands only if the node answers honest queries at the same time, and a
--- failure only if it comes twice. nil if the node answers nothing any more.
local function judge(l, run)
  for round = 1, 3 do
    l.unheard = {}
    local ok, verdict, seen = pcall(run, l)
    if not ok then
      verdict, seen = "unknown", verdict -- what came was so odd that the probe failed
    elseif type(verdict) ~= "string" then
      verdict = verdict and "pass" or "fail"
    end
    if next(l.unheard) == nil then return verdict, seen end
    local silence = l:control()
    if silence == "heard" and (verdict ~= "fail" or round > 1) then return verdict, seen end
    if silence == "shunned" and verdict ~= "fail" then return verdict, seen end
    if silence == "shunned" and round > 1 then return "unknown", "it ignores the sender from then on" end
    if not silence and not l:wait_out() then return nil end
  end
  return "unknown", "silence, but honest queries had no answer at the same time, either"
end

local function run_one(l, group, probe)
  local severity, source, rule, run = unpack(probe)
  l.sent, l.got = "", ""
  local verdict, seen = judge(l, run)
  return {
    group = group, rule = rule, source = source, severity = severity, verdict = verdict, seen = shown(seen),
    sent = escaped(l.sent), got = escaped(l.got),
  }
end

--- The probes that were asked for, each with its group, in the order of running.
local function choose(only)
  local gentle, rough, last = {}, {}, {}
  for _, group in ipairs(groups) do
    for _, probe in ipairs(group.probes) do
      if not only or group.name == only or probe[3]:find(only, 1, true) then
        local list = group.name == "extras" and last or probe.rough and rough or gentle
        list[#list + 1] = { group.name, probe }
      end
    end
  end
  for _, list in ipairs{ rough, last } do
    for _, c in ipairs(list) do gentle[#gentle + 1] = c end
  end
  return gentle
end

--- The verdict on a node that answers nothing any more, from any address of ours. If all queries came from one address,
--- that address may be banned.
local function ended(l, row)
  local fresh = l:elsewhere()
  return {
    group = row.group, rule = "is alive after the probe \"" .. row.rule .. "\"", source = "robustness", severity = "must",
    verdict = fresh and "fail" or "unknown", sent = row.sent, got = row.got,
    seen = "no answer to anything since" .. (fresh and ", at an address that sent nothing else, either: it has ended" or ": it has ended, or ignores us"),
  }
end

--- Runs the probes one after another, and notices if the node does not survive one.
local function run_all(l, chosen, known, add)
  local fatal
  for i, c in ipairs(chosen) do
    local group, probe = unpack(c)
    local row = known[probe[3]]
    if not row and fatal then
      row = {
        group = group, rule = probe[3], source = probe[2], severity = probe[1], verdict = "unknown",
        seen = "no answer to anything since \"" .. fatal .. "\"", sent = "", got = "",
      }
    elseif not row then
      row = run_one(l, group, probe)
      if not row.verdict then
        fatal, row.verdict, row.seen = row.rule, "unknown", "no answer to anything since"
        add(ended(l, row), i)
      end
    end
    add(row, i)
  end
end

--- The rows that have a verdict already, by rule.
local function decided(rows)
  local known = {}
  for _, row in ipairs(rows or {}) do
    if row.verdict ~= "unknown" then known[row.rule] = row end
  end
  return known
end

--- How many queries a probe takes, on average over all of them (measured).
local queries_per_probe = 3.2

--- How many probes there are, and how long they take about, if the node answers as it should.
---@param opts? conformance.Options
---@return integer probes
---@return seconds time
function conformance.plan(opts)
  opts = opts or {}
  local count = #choose(opts.only)
  return count, count * queries_per_probe / (opts.rate or 1.5)
end

--- Puts the node at an address to the test. Blocks for some minutes: it is asked as seldom as a node takes it well.
---@param target address
---@param opts? conformance.Options
---@param tell? fun(row: conformance.Row, done: integer, total: integer)  called with each row as it comes
---@return conformance.Report? report  nil if there is no node, or no such probe
---@return string? why
function conformance.run(target, opts, tell)
  opts = opts or {}
  local slow = opts.slow
  if slow == nil then slow = sim ~= nil end
  local chosen = choose(opts.only)
  if #chosen == 0 then return nil, ("no group or rule has %q in its name; the groups are %s"):format(opts.only, conformance.groups()) end
  local l, why = lab.new(target, { patience = opts.patience or (sim and 5 or 1), rate = opts.rate, slow = slow, second = opts.second })
  if not l then return nil, why end
  local report = { target = target, id = l.id, version = shown(l.version), rows = {} }
  run_all(l, chosen, decided(opts.known), function(row, done)
    report.rows[#report.rows + 1] = row
    if tell then tell(row, done, #chosen) end
  end)
  report.queries, report.cost = l.guest.queries, l.guest:cost()
  l:close()
  return report
end

--- The names of the groups, as a text.
---@return string
function conformance.groups()
  local names = {}
  for i, group in ipairs(groups) do names[i] = group.name end
  return table.concat(names, ", ")
end

--- The rows of a report that failed, those of the gravest kind first.
---@param report conformance.Report
---@return conformance.Row[]
function conformance.faults(report)
  local list = {}
  for _, severity in ipairs{ "must", "should", "note" } do
    for _, row in ipairs(report.rows) do
      if row.severity == severity and row.verdict == "fail" then list[#list + 1] = row end
    end
  end
  return list
end

--- How many rows of a report have a verdict, and a severity if one is given.
---@param report conformance.Report
---@param verdict string
---@param severity? string
---@return integer
function conformance.count(report, verdict, severity)
  local n = 0
  for _, row in ipairs(report.rows) do
    if row.verdict == verdict and (not severity or row.severity == severity) then n = n + 1 end
  end
  return n
end

--- A report in one line.
---@param report conformance.Report
---@return string
function conformance.summary(report)
  local function failed(severity) return conformance.count(report, "fail", severity) end
  return ("%d probes of %s%s: %d passed; %d failed (%d must, %d should, %d note), %d skipped, %d unknown"):format(
    #report.rows, report.target, report.version ~= "" and " (" .. report.version .. ")" or "",
    conformance.count(report, "pass"), conformance.count(report, "fail"), failed("must"), failed("should"), failed("note"),
    conformance.count(report, "skip"), conformance.count(report, "unknown"))
end

return conformance
