--- Does a node follow the rules? Sends about a hundred queries to a node, right and wrong ones, and judges its answers.
---
---   local conformance = require "lightdht.conformance"
---   local report = assert(conformance.run("127.0.0.1:6881"))
---   print(conformance.summary(report))
---   for _, row in ipairs(conformance.faults(report)) do print(row.rule, row.seen) end
---
--- The test opens nodes of its own, which join through the node under test, so that it has nodes to name. Some
--- implementations do not remember nodes that contact them first. Let such a node join a network of about thirty nodes
--- before the test; otherwise the verdict on the nodes it names is unknown. Some probes need a second IP address: the
--- loopback interface and a simulation have enough. Do not use it on the public DHT; test a node of your own.
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
---@field rate? number  queries a second from one address; default 4, because libtorrent accepts at most 5
---@field slow? boolean  run the probes that take minutes to hours; default: only in a simulation
---@field only? string  run only groups and rules with this text in their names

--- The outcome of one probe.
---@class conformance.Row
---@field group string  "krpc", "nodes", "peers", "items" or "extras"
---@field rule string  the rule that was tested
---@field source string  where the rule comes from: a BEP and its section, or common sense
---@field severity string  "must", "should" or "note"
---@field verdict string  "pass", "fail", "skip" or "unknown"
---@field seen string  the behaviour of the node
---@field sent string  the last datagram of the probe, as printable characters and \xx
---@field got string  the answer to that, likewise; "" if there was none

--- The outcome of a test.
---@class conformance.Report
---@field target address
---@field id id
---@field version string  the name of its software; "" if it gives none
---@field rows conformance.Row[]

--- A text from the node under test as one line without control characters.
local function shown(text)
  return (tostring(text or ""):gsub("[%c\127-\255]", "?"):sub(1, 200))
end

--- A datagram as text: what does not print, and backslashes, as \xx in hex.
local function escaped(packet)
  return (packet:gsub("\\", "\\x5c"):gsub("[^ -~]", function(c) return "\\x" .. hex.encode(c) end))
end

local function run_one(l, group, probe)
  local severity, source, rule, run = unpack(probe)
  l.sent, l.got = "", ""
  local ok, verdict, seen = pcall(run, l)
  if not ok then
    verdict, seen = "unknown", verdict -- what came was so odd that the probe failed
  elseif type(verdict) ~= "string" then
    verdict = verdict and "pass" or "fail"
  end
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

--- Runs the probes one after another, and notices if the node does not survive one.
local function run_all(l, chosen, add)
  local fatal
  for _, c in ipairs(chosen) do
    local group, probe = unpack(c)
    if fatal then
      add{
        group = group, rule = probe[3], source = probe[2], severity = probe[1], verdict = "unknown",
        seen = "no answer to anything since \"" .. fatal .. "\"", sent = "", got = "",
      }
    else
      l.silent = false
      local row = run_one(l, group, probe)
      if l.silent and not l:alive() then
        fatal = probe[3]
        add{
          group = group, rule = "is alive after the probe \"" .. fatal .. "\"", source = "robustness", severity = "must",
          verdict = "fail", seen = "no answer to anything since: it has ended, or ignores us", sent = row.sent, got = row.got,
        }
      end
      add(row)
    end
  end
end

--- Tests the node at an address. Blocks for about a minute.
---@param target address
---@param opts? conformance.Options
---@param tell? fun(row: conformance.Row)  called with each row when it is there
---@return conformance.Report? report  nil if no node answers
---@return string? why
function conformance.run(target, opts, tell)
  opts = opts or {}
  local slow = opts.slow
  if slow == nil then slow = sim ~= nil end
  local l, why = lab.new(target, { patience = opts.patience or (sim and 5 or 1), rate = opts.rate or 4, slow = slow })
  if not l then return nil, why end
  local report = { target = target, id = l.id, version = shown(l.version), rows = {} }
  run_all(l, choose(opts.only), function(row)
    report.rows[#report.rows + 1] = row
    if tell then tell(row) end
  end)
  l:close()
  return report
end

--- The rows of a report that failed, the most severe first.
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
