package targetgroup

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/memnet"
)

// front brings requests to a handler: from a port of this machine and from
// clients in this process.
type front struct {
	handler http.Handler

	mu      sync.Mutex // guards what follows
	url     string
	memory  *memnet.Listener
	client  *http.Client
	servers []*http.Server
	closed  bool
	serving sync.WaitGroup
}

// URL opens the port if it isn't open. Like [net/http/httptest.NewServer] it
// panics where that can't be.
func (f *front) URL() string {
	if inBubble() {
		panic("targetgroup: nothing can listen in a synctest bubble; use Client")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.url == "" {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			panic(fmt.Sprintf("targetgroup: %v", err))
		}
		f.url = "http://" + l.Addr().String()
		f.serve(l)
	}
	return f.url
}

// Client makes the client if there is none.
func (f *front) Client() *http.Client {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.client == nil {
		f.memory = memnet.NewListener("targetgroup")
		f.client = &http.Client{Transport: &http.Transport{
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return f.memory.Dial(ctx) },
		}}
		f.serve(f.memory)
	}
	return f.client
}

func (f *front) serve(l net.Listener) {
	if f.closed {
		_ = l.Close()
		return
	}
	s := &http.Server{Handler: f.handler, ReadHeaderTimeout: 10 * time.Second}
	f.servers = append(f.servers, s)
	f.serving.Go(func() { _ = s.Serve(l) }) // ends with close
}

func (f *front) close(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	if f.client != nil {
		f.client.CloseIdleConnections()
	}
	var errs []error
	for _, s := range f.servers {
		if err := s.Shutdown(ctx); err != nil {
			errs = append(errs, err, s.Close())
		}
	}
	f.serving.Wait()
	return errors.Join(errs...)
}
