--- Does a node follow the rules? Sends about a hundred queries to a node, right and wrong ones, and judges its answers.
---
---   local conformance = require "lightdht.conformance"
---   local report = assert(conformance.run("127.0.0.1:6881"))
---   print(conformance.summary(report))
---   for _, row in ipairs(conformance.faults(report)) do print(row.rule, row.seen) end
---
--- The test opens nodes of its own, which ask the node under test, so that it has nodes to name. Some implementations do not
--- remember nodes that contact them first. Let such a node join a network of about thirty nodes before the test; otherwise the
--- verdict on the nodes it names is unknown. Some probes need a second IP address: the loopback interface and a simulation have
--- enough; elsewhere, give one. Do not use it on the public DHT; test a node of your own.
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

--- Options of a test.
---@class conformance.Options
---@field patience? seconds  the longest wait for an answer, or for a change in the table of the node; default 1, in a simulation 5
---@field rate? number  queries a second to the node, by all sockets together; default: from 1 to 2, by what the node takes
---@field slow? boolean  run the probes that take minutes to hours; default: only in a simulation
---@field only? string  run only groups and rules with this text in their names; if there are none, that is an error
---@field second? address  where a second node of ours listens, at another IP address, with port 0
---@field probes? table[]  probes of the caller's own, in place of those here: { severity, source, rule, function(lab) -> verdict, seen }
---@field known? conformance.Row[]  rows of an interrupted run: a rule that has a verdict there is not tested again

--- The outcome of one probe.
---@class conformance.Row
---@field group string  "krpc", "nodes", "peers", "items" or "extras"
---@field rule string  the rule that was tested
---@field source string  where the rule comes from: a BEP and its section, or common sense
---@field severity string  "must", "should" or "note"
---@field verdict string  "pass", "fail", "skip" (the node does not claim it) or "unknown" (it could not be told)
---@field seen string  the behaviour of the node
---@field sent string  the last datagram of the probe, as printable characters and \xx
---@field got string  the answer to that, likewise; "" if there was none

--- The outcome of a test.
---@class conformance.Report
---@field target address
---@field id id
---@field version string  the name of its software; "" if it gives none
---@field rows conformance.Row[]
---@field queries integer  how many were sent
---@field cost? string  what it took, if the node had to be waited for

--- A text from the node under test as one line without control characters.
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
local function choose(only, own)
  local gentle, rough, last = {}, {}, {}
  for _, group in ipairs(own and { { name = "own", probes = own } } or groups) do
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
  local count = #choose(opts.only, opts.probes)
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
  local chosen = choose(opts.only, opts.probes)
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

--- The number of rows of a report with a verdict, and with a severity if one is given.
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
