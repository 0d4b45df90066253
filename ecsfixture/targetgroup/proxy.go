package targetgroup

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"time"
)

// ServeHTTP passes a request to the target whose turn it is. Without a healthy
// one it answers 503, for a target that doesn't answer 502 or 504.
func (g *Group) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t := g.pick()
	if t == nil {
		fail(w, http.StatusServiceUnavailable, errors.New("the target group "+g.Name+" has no healthy target"))
		return
	}
	defer g.release(t)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(t.living, cancel)()
	t.proxy().ServeHTTP(w, r.WithContext(ctx))
}

// pick returns the next healthy target, with a request more in flight; nil if
// there is none.
func (g *Group) pick() *target {
	g.mu.Lock()
	defer g.mu.Unlock()
	for range g.targets {
		g.turn = (g.turn + 1) % len(g.targets)
		if t := g.targets[g.turn]; t.state() == Healthy {
			t.requests++
			t.inFlight++
			return t
		}
	}
	return nil
}

func (g *Group) release(t *target) {
	g.mu.Lock()
	defer g.mu.Unlock()
	t.inFlight--
	t.settle()
}

func (t *target) proxy() *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Rewrite:       t.rewrite,
		Transport:     t.transport,
		FlushInterval: -1, // a load balancer holds nothing back
		ErrorLog:      log.New(io.Discard, "", 0),
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			fail(w, statusOf(err), fmt.Errorf("task %s: %w", t.Task, err))
		},
	}
}

// rewrite sets the [headers] of a load balancer and keeps the host's.
//
// [headers]: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
func (t *target) rewrite(r *httputil.ProxyRequest) {
	r.Out.URL.Scheme, r.Out.URL.Host = "http", t.Address
	r.Out.URL.RawQuery = r.In.URL.RawQuery // also what Go can't parse
	r.Out.Host = r.In.Host
	r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"]
	r.SetXForwarded()
	r.Out.Header.Del("X-Forwarded-Host")
	r.Out.Header.Set("X-Forwarded-Port", portOf(r.In.Host))
	if r.In.Header.Get(traceHeader) == "" {
		r.Out.Header.Set(traceHeader, newTrace())
	}
}

func portOf(host string) string {
	if _, port, err := net.SplitHostPort(host); err == nil {
		return port
	}
	return "80"
}

const traceHeader = "X-Amzn-Trace-Id"

func newTrace() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails
	return fmt.Sprintf("Root=1-%08x-%x", time.Now().Unix(), b)
}

// statusOf is what a load balancer makes of a target's failure.
func statusOf(err error) int {
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return http.StatusGatewayTimeout
	}
	return http.StatusBadGateway
}

func fail(w http.ResponseWriter, status int, err error) {
	w.Header().Set("Server", "awselb/2.0")
	http.Error(w, fmt.Sprintf("%d %s: %v", status, http.StatusText(status), err), status)
}
