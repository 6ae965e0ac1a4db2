package probe

import (
	"testing"
)

// examine puts the target to the test. A line for each rule that is broken or could not be told.
const examine = `
	local conformance = require "lightdht.conformance"
	local report = assert(conformance.run(TARGET, { rate = 50, patience = 5, slow = SLOW }))
	for _, row in ipairs(report.rows) do
		if row.verdict == "fail" or row.verdict == "unknown" then
			print(row.verdict .. "\t" .. row.rule .. "\t" .. row.seen)
		end
	end
	print(("passed\t%d, %d queries in %d s\t%s"):format(conformance.count(report, "pass"), report.queries, task.now(), report.cost or ""))
`

// A node that breaks no rule is accused of nothing, and no rule stays unknown.
func TestHonest(t *testing.T) {
	s := newSite()
	found := s.examine(t, true)
	for _, f := range found {
		t.Error(f)
	}
}
