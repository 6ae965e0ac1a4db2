package metrics

import (
	"context"
	"net"
	"net/http"
	"time"
)

// Limits of a server, against clients that are slow or many; all chosen by us.
const (
	requestTimeout = 10 * time.Second // to read a request, and again to write its answer
	idleTimeout    = time.Minute      // of a connection between two requests
	closeTimeout   = time.Second      // for answers under way when the server is closed
	maxRequests    = 4                // at a time
	maxHeaderBytes = 16 << 10
)

// Server serves /metrics and nothing else.
type Server struct {
	server *http.Server
	url    string
	ended  chan struct{} // closed when the goroutine of Serve is over
}

// Serve answers GET /metrics at listener with handler. Its goroutine ends with Close, which closes
// the listener, too.
func Serve(listener net.Listener, handler http.Handler) *Server {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", handler)
	s := &Server{
		server: &http.Server{
			Handler: mux, ReadTimeout: requestTimeout, WriteTimeout: 2 * requestTimeout,
			IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes,
		},
		url:   "http://" + listener.Addr().String() + "/metrics",
		ended: make(chan struct{}),
	}
	go func() {
		defer close(s.ended)
		s.server.Serve(listener) // returns an error when the server is closed, never before
	}()
	return s
}

// URL is where the metrics are.
func (s *Server) URL() string { return s.url }

// Close gives answers under way a second to finish, and ends the server.
func (s *Server) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	if s.server.Shutdown(ctx) != nil {
		s.server.Close()
	}
	<-s.ended
}
