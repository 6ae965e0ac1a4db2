package luabind

import (
	"math"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht/sim"
)

var latencyOptions = optionTable{
	Name: "Latency",
	Text: "A log-normal law of round-trip times. A constant is a median whose sigma is 0.",
	Options: []option{
		{Name: "median", Type: "seconds", Default: sim.DefaultMedian.Seconds(), Text: "Half of the pairs of nodes are nearer to each other than this."},
		{Name: "sigma", Type: "number", Min: 0, Max: 3, Default: sim.DefaultSigma, Text: "Standard deviation of the logarithm."},
	},
}

var inboundOptions = optionTable{
	Name: "Inbound",
	Text: "What a member's line takes in.",
	Options: []option{
		{Name: "datagrams", Type: "integer", Min: 0, Max: math.MaxInt32, Text: "A second; 0: any number."},
		{Name: "bytes", Type: "integer", Min: 0, Max: math.MaxInt32, Text: "A second, headers included; 0: any number."},
		{Name: "wait", Type: "seconds", Text: "How long a datagram may have to wait for its turn; those that would wait longer are dropped. It needs datagrams or bytes."},
	},
}

var lawOptions = optionTable{
	Name: "Law",
	Text: "How long something lasts.",
	Options: []option{
		{Name: "dist", Type: `"exponential"|"weibull"|"constant"`, Text: "The kind of law."},
		{Name: "mean", Type: "seconds", Text: "Of an exponential or constant law."},
		{Name: "shape", Type: "number", Text: "Of a Weibull law; below 1, whoever stays for long stays on."},
		{Name: "scale", Type: "seconds", Text: "Of a Weibull law."},
	},
}

var churnOptions = optionTable{
	Name: "Churn",
	Text: "How members come and go. It starts in the law's stationary state.",
	Options: []option{
		{Name: "session", Type: `"weibull"|table`, Table: "Law", Text: "How long a member stays online."},
		{Name: "downtime", Type: `"weibull"|table`, Table: "Law", Text: "How long it then stays away; by default as long as a session."},
		{Name: "core", Type: "number", Min: 0, Max: 1, Default: 0.0, Text: "Share of members who never leave."},
	},
}

var skewOptions = optionTable{
	Name: "Skew",
	Text: "How wrong clocks are.",
	Options: []option{
		{Name: "offset", Type: "seconds", Text: "The most that a clock is off by."},
		{Name: "drift", Type: "number", Text: "The most that it is fast or slow by, in parts per million."},
	},
}

var mixOptions = optionTable{
	Name: "Mix",
	Text: "Shares of members that behave in another way than BEP 5 asks.",
	Options: []option{
		{Name: "read_only", Type: "number", Min: 0, Max: 1, Text: "Ask and do not answer, and say so (BEP 43)."},
		{Name: "silent", Type: "number", Min: 0, Max: 1, Text: "Ask and do not answer."},
		{Name: "slow", Type: "number", Min: 0, Max: 1, Text: "Answer late."},
		{Name: "liar", Type: "number", Min: 0, Max: 1, Text: "Answer with contacts that do not exist."},
		{Name: "wrong_id", Type: "number", Min: 0, Max: 1, Text: "Answer under another id each time."},
		{Name: "follower", Type: "number", Min: 0, Max: 1, Text: "Answer under an id near to what is asked for, the same each time for that; name whom they know."},
		{Name: "crowd", Type: "number", Min: 0, Max: 1, Text: "Answer with themselves under many ids near to what is asked for."},
		{Name: "delay", Type: "seconds", Text: "By how much slow members are late, on average."},
	},
}

var trafficOptions = optionTable{
	Name: "Traffic",
	Text: "Searches of members in the background.",
	Options: []option{
		{Name: "every", Type: "seconds", Text: "Mean time between two searches of one client; needed. 0: there are none."},
		{Name: "clients", Type: "number", Min: 0, Max: 1, Default: 1.0, Text: "Share of members who search."},
		{Name: "torrents", Type: "integer", Min: 1, Max: 1 << 24, Default: sim.DefaultTorrents, Text: "How many there are to choose from."},
		{Name: "exponent", Type: "number", Default: 1.0, Text: "Of Zipf's law of popularity: above 0, at most 5."},
		{Name: "lookups", Type: "number", Min: 0, Max: 1, Text: "Share of searches that only look; the others announce."},
	},
}

// refused is a duration that package sim takes for nothing: it stands for what a
// setting lacks, so that no world is made of it.
const refused = time.Duration(-1)

// latency reads a latency: seconds, or a table with median and sigma.
func (c *call) latency(v lua.LValue) sim.Latency {
	t, ok := v.(*lua.LTable)
	if !ok {
		d, _ := toSeconds(v)
		return sim.Latency{Constant: max(d, 1)} // 0 would be the default
	}
	o := c.optionsIn(t, &latencyOptions, "latency")
	return sim.Latency{Median: max(o.seconds("median"), 1), Sigma: o.number("sigma")}
}

func (c *call) inbound(t *lua.LTable) sim.Inbound {
	o := c.optionsIn(t, &inboundOptions, "inbound")
	inbound := sim.Inbound{Datagrams: o.integer("datagrams"), Bytes: o.integer("bytes"), Wait: o.seconds("wait")}
	switch {
	case o.has("wait") && !o.has("datagrams") && !o.has("bytes"):
		c.lacks("the wait of inbound needs a limit, as in {datagrams = 100, wait = 0.5}")
		inbound.Wait = refused
	case o.has("wait"):
		inbound.Wait = max(inbound.Wait, 1) // 0 would be the default
	}
	return inbound
}

func (c *call) churn(v lua.LValue) sim.Churn {
	t, ok := v.(*lua.LTable)
	if !ok {
		return sim.Churn{Session: c.law(v, "churn")}
	}
	o := c.optionsIn(t, &churnOptions, "churn")
	churn := sim.Churn{Core: o.number("core")}
	if o.has("session") {
		churn.Session = c.law(o.value("session"), "the session of churn")
	} else {
		c.lacks("churn needs a session, as in {session = {dist = \"exponential\", mean = 3600}}")
		churn.Session = sim.Law{Mean: refused}
	}
	if o.has("downtime") {
		churn.Downtime = c.law(o.value("downtime"), "the downtime of churn")
	}
	return churn
}

// law reads a law: its name, or a table.
func (c *call) law(v lua.LValue, where string) sim.Law {
	t, ok := v.(*lua.LTable)
	if !ok {
		dist, err := sim.ParseDist(v.String())
		c.settled(err)
		if dist != sim.Weibull {
			c.needsMean(where, dist)
		}
		return sim.Law{Dist: dist}
	}
	o := c.optionsIn(t, &lawOptions, where)
	law := sim.Law{Mean: o.seconds("mean"), Shape: o.number("shape"), Scale: o.seconds("scale")}
	if !o.has("dist") {
		c.lacks("%s needs a dist, as in {dist = \"exponential\", mean = 3600}", where)
		law.Mean = refused
		return law
	}
	dist, err := sim.ParseDist(o.str("dist"))
	c.settled(err)
	law.Dist = dist
	switch {
	case dist != sim.Weibull && !o.has("mean"):
		c.needsMean(where, dist)
		law.Mean = refused
	case dist == sim.Weibull && o.has("shape") != o.has("scale"):
		c.lacks("%s needs a shape and a scale, as in {dist = \"weibull\", shape = 0.43, scale = 28380}, or neither", where)
		law.Scale = refused
	}
	return law
}

// needsMean says what a law lacks whose dist says too little.
func (c *call) needsMean(where string, dist sim.Dist) {
	c.lacks("%s needs a mean, as in {dist = %q, mean = 3600}", where, dist)
}

func (c *call) skew(t *lua.LTable) sim.Skew {
	o := c.optionsIn(t, &skewOptions, "skew")
	return sim.Skew{Offset: o.seconds("offset"), Drift: o.number("drift")}
}

func (c *call) mix(t *lua.LTable) sim.Mix {
	o := c.optionsIn(t, &mixOptions, "mix")
	if o.has("delay") && o.seconds("delay") == 0 {
		c.misuse("the delay of mix must be above 0")
	}
	return sim.Mix{
		ReadOnly: o.number("read_only"), Silent: o.number("silent"), Slow: o.number("slow"),
		Liars: o.number("liar"), WrongID: o.number("wrong_id"),
		Followers: o.number("follower"), Crowds: o.number("crowd"), Delay: o.seconds("delay"),
	}
}

func (c *call) traffic(t *lua.LTable) sim.Traffic {
	o := c.optionsIn(t, &trafficOptions, "traffic")
	switch {
	case o.number("exponent") == 0:
		c.misuse("the exponent of traffic must be above 0")
	case !o.has("every"):
		c.lacks("traffic needs an every, as in {every = 900, torrents = 1000}")
		return sim.Traffic{Every: refused}
	case o.number("clients") == 0:
		return sim.Traffic{} // 0 would be the default: all
	}
	return sim.Traffic{
		Every: o.seconds("every"), Clients: o.number("clients"), Torrents: o.integer("torrents"),
		Exponent: o.number("exponent"), Lookups: o.number("lookups"),
	}
}
