package metrics

import (
	"net/http"
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metric is one number of [Stats] as Prometheus sees it. Several may share a name
// and differ in their reason.
type metric struct {
	name, reason, help string
	kind               prometheus.ValueType
	value              func(s *Stats) float64
}

const dropped = "lightdht_dropped_packets_total"
const droppedHelp = "Datagrams received that were dropped, by reason."

// nodeMetrics lists them, in the order of [dht.Stats].
var nodeMetrics = []metric{
	counter("lightdht_received_packets_total", "Datagrams received.", func(s *Stats) uint64 { return s.PacketsIn }),
	counter("lightdht_sent_packets_total", "Datagrams sent.", func(s *Stats) uint64 { return s.PacketsOut }),
	counter("lightdht_received_bytes_total", "UDP payload received, in bytes.", func(s *Stats) uint64 { return s.BytesIn }),
	counter("lightdht_sent_bytes_total", "UDP payload sent, in bytes.", func(s *Stats) uint64 { return s.BytesOut }),

	counter("lightdht_received_queries_total", "Queries others asked us.", func(s *Stats) uint64 { return s.QueriesIn }),
	counter("lightdht_sent_replies_total", "Responses we gave.", func(s *Stats) uint64 { return s.RepliesOut }),
	counter("lightdht_sent_errors_total", "Errors we gave.", func(s *Stats) uint64 { return s.ErrorsOut }),
	counter("lightdht_sent_queries_total", "Queries we asked others.", func(s *Stats) uint64 { return s.QueriesOut }),
	counter("lightdht_received_replies_total", "Responses to our queries.", func(s *Stats) uint64 { return s.RepliesIn }),
	counter("lightdht_received_errors_total", "Errors in answer to our queries.", func(s *Stats) uint64 { return s.ErrorsIn }),
	counter("lightdht_query_timeouts_total", "Queries of ours that nobody answered.", func(s *Stats) uint64 { return s.Timeouts }),
	counter("lightdht_stored_announces_total", "Announces stored.", func(s *Stats) uint64 { return s.AnnouncesIn }),
	counter("lightdht_stored_puts_total", "Puts of BEP 44 items stored.", func(s *Stats) uint64 { return s.ItemsIn }),

	drop("junk", func(s *Stats) uint64 { return s.Junk }),
	drop("martian", func(s *Stats) uint64 { return s.Martians }),
	drop("reflected", func(s *Stats) uint64 { return s.Reflected }),
	drop("unmatched", func(s *Stats) uint64 { return s.Unmatched }),
	counter("lightdht_malformed_replies_total", "Responses without a usable id, or with broken lists.", func(s *Stats) uint64 { return s.Malformed }),
	counter("lightdht_reduced_replies_total", "Answers held back or cut, as their sender had not proved its address.", func(s *Stats) uint64 { return s.Amplified }),
	counter("lightdht_delayed_queries_total", "Queries of ours that waited, so as not to come too fast.", func(s *Stats) uint64 { return s.Delayed }),
	drop("read_only", func(s *Stats) uint64 { return s.Unserved }),
	drop("rate_limited", func(s *Stats) uint64 { return s.RateLimited }),
	drop("kernel", func(s *Stats) uint64 { return s.Lost }),
	counter("lightdht_missed_hooks_total", "Queries a handler did not decide on in time.", func(s *Stats) uint64 { return s.HooksMissed }),

	counter("lightdht_denied_queries_total", "Queries that were not sent, as their address is out of reach.", func(s *Stats) uint64 { return uint64(s.Denied) }),
	gauge("lightdht_pending_queries", "Queries of ours that wait for an answer.", func(s *Stats) int { return s.Pending }),
	gauge("lightdht_searches", "Lookups under way.", func(s *Stats) int { return s.Searches }),
	gauge("lightdht_known_nodes", "Nodes in the table.", func(s *Stats) int { return s.Known }),
	gauge("lightdht_refused_nodes", "Nodes that found no room in the table.", func(s *Stats) int { return s.Refused }),
	gauge("lightdht_stored_info_hashes", "Info-hashes that somebody announced to us.", func(s *Stats) int { return s.Hashes }),
	gauge("lightdht_stored_peers", "Peers stored under them.", func(s *Stats) int { return s.PeersStored }),
	gauge("lightdht_stored_items", "BEP 44 items stored.", func(s *Stats) int { return s.ItemsStored }),
}

func counter(name, help string, value func(*Stats) uint64) metric {
	return metric{name, "", help, prometheus.CounterValue, func(s *Stats) float64 { return float64(value(s)) }}
}

func drop(reason string, value func(*Stats) uint64) metric {
	return metric{dropped, reason, droppedHelp, prometheus.CounterValue, func(s *Stats) float64 { return float64(value(s)) }}
}

func gauge(name, help string, value func(*Stats) int) metric {
	return metric{name, "", help, prometheus.GaugeValue, func(s *Stats) float64 { return float64(value(s)) }}
}

// desc names the metric for Prometheus.
func (m *metric) desc() *prometheus.Desc {
	var labels prometheus.Labels
	if m.reason != "" {
		labels = prometheus.Labels{"reason": m.reason}
	}
	return prometheus.NewDesc(m.name, m.help, nil, labels)
}

// collector takes a snapshot of one node for each request.
type collector struct {
	stats func() Stats
}

// Describe sends the descriptions of all metrics.
func (c collector) Describe(ch chan<- *prometheus.Desc) {
	for i := range nodeMetrics {
		ch <- nodeMetrics[i].desc()
	}
}

// Collect sends all metrics of one snapshot.
func (c collector) Collect(ch chan<- prometheus.Metric) {
	s := c.stats()
	for i := range nodeMetrics {
		m := &nodeMetrics[i]
		ch <- prometheus.MustNewConstMetric(m.desc(), m.kind, m.value(&s))
	}
}

// registry holds the metrics of the node, and of the process it runs in.
func registry(version string, stats func() Stats) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(
		collector{stats}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "lightdht_build_info", Help: "Which program this is; always 1.",
			ConstLabels: prometheus.Labels{"version": version, "go_version": runtime.Version()},
		}, func() float64 { return 1 }),
	)
	return r
}

// Handler answers requests with the metrics of a node, of which stats takes a snapshot: one for
// each request. version is that of the program, the label of lightdht_build_info.
func Handler(version string, stats func() Stats) http.Handler {
	return promhttp.HandlerFor(registry(version, stats), promhttp.HandlerOpts{
		MaxRequestsInFlight: maxRequests, Timeout: requestTimeout,
	})
}
