package metrics_test

import (
	"fmt"
	"log"
	"net/http/httptest"
	"net/netip"
	"strings"

	"github.com/lightdht/lightdht/dht/metrics"
	"github.com/lightdht/lightdht/dht/udp"
)

// A node's numbers, as a Prometheus server reads them.
func Example() {
	node, err := udp.Listen(udp.Config{Listen: netip.MustParseAddrPort("127.0.0.1:0")})
	if err != nil {
		log.Fatal(err)
	}
	defer node.Close()
	handler := metrics.Handler("v1.0", func() metrics.Stats { return metrics.Of(node) })

	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	for line := range strings.Lines(answer.Body.String()) {
		if strings.Contains(line, "lightdht_known_nodes") {
			fmt.Print(line)
		}
	}
	// Output:
	// # HELP lightdht_known_nodes Nodes in the table.
	// # TYPE lightdht_known_nodes gauge
	// lightdht_known_nodes 0
}
