package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Limits of the metrics server, against clients that are slow or many; ours.
const (
	metricsPatience = 10 * time.Second // for one request, and again for its answer
	metricsFarewell = time.Second      // for answers under way when the node ends
	metricsAtOnce   = 4
	metricsHeader   = 16 << 10 // bytes
)

// metric is one number of a tally as Prometheus sees it. Several may share a
// name and differ in their reason.
type metric struct {
	name, reason, help string
	kind               prometheus.ValueType
	value              func(s *tally) float64
}

const dropped = "lightdht_dropped_packets_total"
const droppedHelp = "Datagrams received that were dropped, by reason."

// nodeMetrics lists them, in the order of [dht.Stats].
var nodeMetrics = []metric{
	counter("lightdht_received_packets_total", "Datagrams received.", func(s *tally) uint64 { return s.PacketsIn }),
	counter("lightdht_sent_packets_total", "Datagrams sent.", func(s *tally) uint64 { return s.PacketsOut }),
	counter("lightdht_received_bytes_total", "UDP payload received, in bytes.", func(s *tally) uint64 { return s.BytesIn }),
	counter("lightdht_sent_bytes_total", "UDP payload sent, in bytes.", func(s *tally) uint64 { return s.BytesOut }),

	counter("lightdht_received_queries_total", "Queries others asked us.", func(s *tally) uint64 { return s.QueriesIn }),
	counter("lightdht_sent_replies_total", "Responses we gave.", func(s *tally) uint64 { return s.RepliesOut }),
	counter("lightdht_sent_errors_total", "Errors we gave.", func(s *tally) uint64 { return s.ErrorsOut }),
	counter("lightdht_sent_queries_total", "Queries we asked others.", func(s *tally) uint64 { return s.QueriesOut }),
	counter("lightdht_received_replies_total", "Responses to our queries.", func(s *tally) uint64 { return s.RepliesIn }),
	counter("lightdht_received_errors_total", "Errors in answer to our queries.", func(s *tally) uint64 { return s.ErrorsIn }),
	counter("lightdht_query_timeouts_total", "Queries of ours that nobody answered.", func(s *tally) uint64 { return s.Timeouts }),
	counter("lightdht_stored_announces_total", "Announces stored.", func(s *tally) uint64 { return s.AnnouncesIn }),
	counter("lightdht_stored_puts_total", "Puts of BEP 44 items stored.", func(s *tally) uint64 { return s.ItemsIn }),

	drop("junk", func(s *tally) uint64 { return s.Junk }),
	drop("martian", func(s *tally) uint64 { return s.Martians }),
	drop("reflected", func(s *tally) uint64 { return s.Reflected }),
	drop("unmatched", func(s *tally) uint64 { return s.Unmatched }),
	counter("lightdht_malformed_replies_total", "Responses without a usable id, or with broken lists.", func(s *tally) uint64 { return s.Malformed }),
	counter("lightdht_reduced_replies_total", "Answers held back or cut, as their sender had not proved its address.", func(s *tally) uint64 { return s.Amplified }),
	counter("lightdht_delayed_queries_total", "Queries of ours that waited, so as not to come too fast.", func(s *tally) uint64 { return s.Delayed }),
	drop("read_only", func(s *tally) uint64 { return s.Unserved }),
	drop("rate_limited", func(s *tally) uint64 { return s.RateLimited }),
	drop("kernel", func(s *tally) uint64 { return s.Lost }), // before we saw them: no room, or a flood
	counter("lightdht_missed_hooks_total", "Queries a handler did not decide on in time.", func(s *tally) uint64 { return s.HooksMissed }),

	counter("lightdht_denied_queries_total", "Queries that were not sent, as their address is out of reach.", func(s *tally) uint64 { return uint64(s.Denied) }),
	gauge("lightdht_pending_queries", "Queries of ours that wait for an answer.", func(s *tally) int { return s.Pending }),
	gauge("lightdht_searches", "Lookups under way.", func(s *tally) int { return s.Searches }),
	gauge("lightdht_known_nodes", "Nodes in the table.", func(s *tally) int { return s.Known }),
	gauge("lightdht_refused_nodes", "Nodes that found no room in the table.", func(s *tally) int { return s.Refused }),
	gauge("lightdht_stored_info_hashes", "Info-hashes that somebody announced to us.", func(s *tally) int { return s.Hashes }),
	gauge("lightdht_stored_peers", "Peers stored under them.", func(s *tally) int { return s.PeersStored }),
	gauge("lightdht_stored_items", "BEP 44 items stored.", func(s *tally) int { return s.ItemsStored }),
}

func counter(name, help string, value func(*tally) uint64) metric {
	return metric{name, "", help, prometheus.CounterValue, func(s *tally) float64 { return float64(value(s)) }}
}

func drop(reason string, value func(*tally) uint64) metric {
	return metric{dropped, reason, droppedHelp, prometheus.CounterValue, func(s *tally) float64 { return float64(value(s)) }}
}

func gauge(name, help string, value func(*tally) int) metric {
	return metric{name, "", help, prometheus.GaugeValue, func(s *tally) float64 { return float64(value(s)) }}
}

// desc is how Prometheus knows the metric.
func (m *metric) desc() *prometheus.Desc {
	var labels prometheus.Labels
	if m.reason != "" {
		labels = prometheus.Labels{"reason": m.reason}
	}
	return prometheus.NewDesc(m.name, m.help, nil, labels)
}

// collector reads the numbers of one node each time that it is asked.
type collector struct {
	stats func() tally
}

// Describe names all metrics.
func (c collector) Describe(ch chan<- *prometheus.Desc) {
	for i := range nodeMetrics {
		ch <- nodeMetrics[i].desc()
	}
}

// Collect takes them all from one moment.
func (c collector) Collect(ch chan<- prometheus.Metric) {
	s := c.stats()
	for i := range nodeMetrics {
		m := &nodeMetrics[i]
		ch <- prometheus.MustNewConstMetric(m.desc(), m.kind, m.value(&s))
	}
}

// registry holds the node's numbers, and those of the process it runs in.
func registry(stats func() tally) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(
		collector{stats}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "lightdht_build_info", Help: "Which program this is; always 1.",
			ConstLabels: prometheus.Labels{"version": version(), "go_version": runtime.Version()},
		}, func() float64 { return 1 }),
	)
	return r
}

// metricsServer serves /metrics and nothing else.
type metricsServer struct {
	server *http.Server
	url    string
	ended  chan struct{} // closed when the goroutine of Serve is over
}

// serveMetrics listens on addr, HOST:PORT, and there only; a missing host is
// this machine alone. Its goroutine ends with close.
func serveMetrics(addr string, stats func() tally) (*metricsServer, error) {
	host, port, err := net.SplitHostPort(addr)
	if _, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil {
		return nil, fmt.Errorf("--metrics: an address like 127.0.0.1:9100 is needed, got %q", addr)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, port))
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, noNetwork("--metrics: %s is in use by another program; stop that one, or choose another port", addr)
	case err != nil:
		return nil, noNetwork("--metrics: %v; choose an address of this machine", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry(stats), promhttp.HandlerOpts{
		MaxRequestsInFlight: metricsAtOnce, Timeout: metricsPatience,
	}))
	m := &metricsServer{
		server: &http.Server{
			Handler: mux, ReadTimeout: metricsPatience, WriteTimeout: 2 * metricsPatience,
			IdleTimeout: 6 * metricsPatience, MaxHeaderBytes: metricsHeader,
		},
		url:   "http://" + listener.Addr().String() + "/metrics",
		ended: make(chan struct{}),
	}
	go func() {
		defer close(m.ended)
		m.server.Serve(listener) // until close; there is nobody to tell before
	}()
	return m, nil
}

// close lets answers under way finish for a moment, and ends the server.
func (m *metricsServer) close() {
	ctx, cancel := context.WithTimeout(context.Background(), metricsFarewell)
	defer cancel()
	if m.server.Shutdown(ctx) != nil {
		m.server.Close()
	}
	<-m.ended
}
