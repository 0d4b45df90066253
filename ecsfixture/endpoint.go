package ecsfixture

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

// endpoint serves a handler over HTTP.
type endpoint struct {
	url     string
	handler http.Handler
	server  *http.Server // nil in a synctest bubble
	done    chan error   // receives what Serve returned
}

// inMemoryURL is the URL of an endpoint that doesn't listen.
const inMemoryURL = "http://ecsfixture.invalid"

// newEndpoint listens at address. In a synctest bubble it doesn't: a blocked
// Accept would keep the bubble's time from passing.
func newEndpoint(address string, h http.Handler) (*endpoint, error) {
	e := &endpoint{url: inMemoryURL, handler: h, done: make(chan error, 1)}
	if inBubble() {
		return e, nil
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("the endpoint can't listen: %w", err)
	}
	e.url = "http://" + dialable(listener.Addr())
	e.server = &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go func() { e.done <- e.server.Serve(listener) }()
	return e, nil
}

// dialable is where this machine's clients find a listener: on the loopback if
// it listens everywhere.
func dialable(a net.Addr) string {
	at, ok := a.(*net.TCPAddr)
	if !ok || !at.IP.IsUnspecified() {
		return a.String()
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(at.Port))
}

// close ends all connections and waits for those that are being answered.
func (e *endpoint) close(ctx context.Context) error {
	if e.server == nil {
		return nil
	}
	err := e.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(fmt.Errorf("requests are still being answered: %w", err), e.server.Close())
	}
	if served := <-e.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// inBubble reports whether time is virtual. A bubble's clock starts at
// midnight UTC 2000-01-01; see testing/synctest.
func inBubble() bool { return time.Now().Year() < 2020 }
