package network

import (
	"math"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/luabind/declare"
)

// LatencyOptions are those of a law of round-trip times.
var LatencyOptions = declare.OptionTable{
	Name: "Latency",
	Text: "Round-trip times that are log-normal. A constant time is a median with sigma 0.",
	Options: []declare.Option{
		{Name: "median", Type: "seconds", Default: sim.DefaultMedian.Seconds(), Text: "The median of the round-trip times between two nodes."},
		{Name: "sigma", Type: "number", Min: 0, Max: 3, Default: sim.DefaultSigma, Text: "Standard deviation of the logarithm of the round-trip times."},
	},
}

// InboundOptions are those of the line of a member.
var InboundOptions = declare.OptionTable{
	Name: "Inbound",
	Text: "Limits on the datagrams that a member receives.",
	Options: []declare.Option{
		{Name: "datagrams", Type: "integer", Min: 0, Max: math.MaxInt32, Text: "Datagrams a second; 0: no limit."},
		{Name: "bytes", Type: "integer", Min: 0, Max: math.MaxInt32, Text: "Bytes a second, headers included; 0: no limit."},
		{Name: "wait", Type: "seconds", Text: "The longest time that a datagram waits in the queue; datagrams that would wait longer are dropped. It needs datagrams or bytes."},
	},
}

// LawOptions are those of how long something lasts.
var LawOptions = declare.OptionTable{
	Name: "Law",
	Text: "A distribution of durations.",
	Options: []declare.Option{
		{Name: "dist", Type: `"exponential"|"weibull"|"constant"`, Text: "The kind of distribution."},
		{Name: "mean", Type: "seconds", Text: "The mean, for exponential and constant."},
		{Name: "shape", Type: "number", Text: "Of a Weibull law; below 1, a member that has stayed for long stays on."},
		{Name: "scale", Type: "seconds", Text: "The scale, for weibull."},
	},
}

// ChurnOptions are those of how members come and go.
var ChurnOptions = declare.OptionTable{
	Name: "Churn",
	Text: "How members come and go (churn). It begins in the stationary state.",
	Options: []declare.Option{
		{Name: "session", Type: `"weibull"|table`, Table: "Law", Text: "How long a member stays online."},
		{Name: "downtime", Type: `"weibull"|table`, Table: "Law", Text: "How long it then stays away. Default: the same as session."},
		{Name: "core", Type: "number", Min: 0, Max: 1, Default: 0.0, Text: "Share of the members that never leave."},
	},
}

// SkewOptions are those of how wrong clocks are.
var SkewOptions = declare.OptionTable{
	Name: "Skew",
	Text: "How wrong the clocks of members are.",
	Options: []declare.Option{
		{Name: "offset", Type: "seconds", Text: "The largest offset of a clock."},
		{Name: "drift", Type: "number", Text: "The largest drift of a clock, in parts per million."},
	},
}

// MixOptions are those of how members behave.
var MixOptions = declare.OptionTable{
	Name: "Mix",
	Text: "Shares of the members that do not behave as BEP 5 says.",
	Options: []declare.Option{
		{Name: "read_only", Type: "number", Min: 0, Max: 1, Text: "Send queries with the flag read-only, and do not answer (BEP 43)."},
		{Name: "silent", Type: "number", Min: 0, Max: 1, Text: "Send queries and do not answer."},
		{Name: "slow", Type: "number", Min: 0, Max: 1, Text: "Answer late."},
		{Name: "liar", Type: "number", Min: 0, Max: 1, Text: "Answer with contacts that do not exist."},
		{Name: "wrong_id", Type: "number", Min: 0, Max: 1, Text: "Answer with another id each time."},
		{Name: "follower", Type: "number", Min: 0, Max: 1, Text: "Answer under an id near to what is asked for, the same each time for that; name the nodes that they know."},
		{Name: "crowd", Type: "number", Min: 0, Max: 1, Text: "Answer with contacts that are all themselves, under many ids near the target."},
		{Name: "delay", Type: "seconds", Text: "The mean delay of slow members."},
	},
}

// TrafficOptions are those of searches in the background.
var TrafficOptions = declare.OptionTable{
	Name: "Traffic",
	Text: "Searches that members make in the background.",
	Options: []declare.Option{
		{Name: "every", Type: "seconds", Text: "Mean time between two searches of one client; required. 0: no searches."},
		{Name: "clients", Type: "number", Min: 0, Max: 1, Default: 1.0, Text: "Share of the members that search."},
		{Name: "torrents", Type: "integer", Min: 1, Max: 1 << 24, Default: sim.DefaultTorrents, Text: "Number of torrents."},
		{Name: "exponent", Type: "number", Default: 1.0, Text: "Exponent of Zipf's law, the popularity of torrents: above 0, at most 5."},
		{Name: "lookups", Type: "number", Min: 0, Max: 1, Text: "Share of the searches that only look for peers; the others also announce."},
	},
}

// refused is a duration that package sim takes for nothing: it stands for what a
// setting lacks, so that no world is made of it.
const refused = time.Duration(-1)

// latency reads a latency: seconds, or a table with median and sigma.
func (r *reader) latency(v lua.LValue) sim.Latency {
	t, ok := v.(*lua.LTable)
	if !ok {
		d, _ := declare.ToSeconds(v)
		return sim.Latency{Constant: max(d, 1)} // 0 would be the default
	}
	o := r.options(t, &LatencyOptions, "latency")
	return sim.Latency{Median: max(o.Seconds("median"), 1), Sigma: o.Number("sigma")}
}

func (r *reader) inbound(t *lua.LTable) sim.Inbound {
	o := r.options(t, &InboundOptions, "inbound")
	inbound := sim.Inbound{Datagrams: o.Integer("datagrams"), Bytes: o.Integer("bytes"), Wait: o.Seconds("wait")}
	switch {
	case o.Has("wait") && !o.Has("datagrams") && !o.Has("bytes"):
		r.lacks("the wait of inbound needs a limit, as in {datagrams = 100, wait = 0.5}")
		inbound.Wait = refused
	case o.Has("wait"):
		inbound.Wait = max(inbound.Wait, 1) // 0 would be the default
	}
	return inbound
}

func (r *reader) churn(v lua.LValue) sim.Churn {
	t, ok := v.(*lua.LTable)
	if !ok {
		return sim.Churn{Session: r.law(v, "churn")}
	}
	o := r.options(t, &ChurnOptions, "churn")
	churn := sim.Churn{Core: o.Number("core")}
	if o.Has("session") {
		churn.Session = r.law(o.Value("session"), "the session of churn")
	} else {
		r.lacks("churn needs a session, as in {session = {dist = \"exponential\", mean = 3600}}")
		churn.Session = sim.Law{Mean: refused}
	}
	if o.Has("downtime") {
		churn.Downtime = r.law(o.Value("downtime"), "the downtime of churn")
	}
	return churn
}

// law reads a law: its name, or a table.
func (r *reader) law(v lua.LValue, where string) sim.Law {
	t, ok := v.(*lua.LTable)
	if !ok {
		dist, err := sim.ParseDist(v.String())
		r.settled(err)
		if dist != sim.Weibull {
			r.needsMean(where, dist)
		}
		return sim.Law{Dist: dist}
	}
	o := r.options(t, &LawOptions, where)
	law := sim.Law{Mean: o.Seconds("mean"), Shape: o.Number("shape"), Scale: o.Seconds("scale")}
	if !o.Has("dist") {
		r.lacks("%s needs a dist, as in {dist = \"exponential\", mean = 3600}", where)
		law.Mean = refused
		return law
	}
	dist, err := sim.ParseDist(o.Str("dist"))
	r.settled(err)
	law.Dist = dist
	switch {
	case dist != sim.Weibull && !o.Has("mean"):
		r.needsMean(where, dist)
		law.Mean = refused
	case dist == sim.Weibull && o.Has("shape") != o.Has("scale"):
		r.lacks("%s needs a shape and a scale, as in {dist = \"weibull\", shape = 0.43, scale = 28380}, or neither", where)
		law.Scale = refused
	}
	return law
}

// needsMean says what a law lacks whose dist says too little.
func (r *reader) needsMean(where string, dist sim.Dist) {
	r.lacks("%s needs a mean, as in {dist = %q, mean = 3600}", where, dist)
}

func (r *reader) skew(t *lua.LTable) sim.Skew {
	o := r.options(t, &SkewOptions, "skew")
	return sim.Skew{Offset: o.Seconds("offset"), Drift: o.Number("drift")}
}

func (r *reader) mix(t *lua.LTable) sim.Mix {
	o := r.options(t, &MixOptions, "mix")
	if o.Has("delay") && o.Seconds("delay") == 0 {
		r.fail("the delay of mix must be above 0")
	}
	return sim.Mix{
		ReadOnly: o.Number("read_only"), Silent: o.Number("silent"), Slow: o.Number("slow"),
		Liars: o.Number("liar"), WrongID: o.Number("wrong_id"),
		Followers: o.Number("follower"), Crowds: o.Number("crowd"), Delay: o.Seconds("delay"),
	}
}

func (r *reader) traffic(t *lua.LTable) sim.Traffic {
	o := r.options(t, &TrafficOptions, "traffic")
	switch {
	case o.Number("exponent") == 0:
		r.fail("the exponent of traffic must be above 0")
	case !o.Has("every"):
		r.lacks("traffic needs an every, as in {every = 900, torrents = 1000}")
		return sim.Traffic{Every: refused}
	case o.Number("clients") == 0:
		return sim.Traffic{} // 0 would be the default: all
	}
	return sim.Traffic{
		Every: o.Seconds("every"), Clients: o.Number("clients"), Torrents: o.Integer("torrents"),
		Exponent: o.Number("exponent"), Lookups: o.Number("lookups"),
	}
}
