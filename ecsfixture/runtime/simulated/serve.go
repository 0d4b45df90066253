package simulated

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// Serve answers the requests that come to the ports of the container, those
// of its portMappings, while it runs. See [Runtime.DialContext].
func Serve(h http.Handler) Step { return func(s *script) { s.handler = h } }

// DialContext connects to an address that tasks have: a host port of this
// machine in bridge and host mode, the task's own IP in awsvpc mode. Nothing
// of it leaves the process. It is a dialler for [http.Transport].
func (rt *Runtime) DialContext(ctx context.Context, _, address string) (net.Conn, error) {
	return rt.net.Dial(ctx, address)
}

// Listen opens a port of the container until the container ends; in bridge
// mode it has to be in its portMappings.
func (p Process) Listen(port int) (l net.Listener, err error) {
	r := p.run
	if !r.c.change(r, func() { l, err = r.listen(port, func(net.Listener) {}) }) {
		return nil, fmt.Errorf("simulated: container %q isn't running", r.c.spec.Name)
	}
	return l, err
}

// open lets the container's ports be reached. A container whose process is a
// Func listens by itself.
func (r *run) open() {
	h := r.c.script.handler
	if h == nil {
		h = http.HandlerFunc(r.introduce)
	}
	if len(r.c.spec.Ports) == 0 || r.c.script.calls && r.c.script.handler == nil {
		return
	}
	r.server = &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	for _, p := range r.c.spec.Ports {
		if p.Protocol != "udp" {
			_, _ = r.listen(p.ContainerPort, r.serveOnce(r.server)) // another container may be first
		}
	}
}

// serveOnce returns what serves a listener from its first connection on.
func (r *run) serveOnce(s *http.Server) func(net.Listener) {
	var once sync.Once
	return func(l net.Listener) {
		once.Do(func() { go func() { _ = s.Serve(l) }() }) // until shutPorts
	}
}

// introduce is what a container answers that has nothing else to say.
func (r *run) introduce(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintf(w, "container %s (%s) of task %s\n", r.c.spec.Name, r.c.spec.Image, r.c.task.spec.ID)
}

func (r *run) listen(port int, dialled func(net.Listener)) (net.Listener, error) {
	address, ok := r.address(port)
	if !ok {
		return nil, fmt.Errorf("simulated: container %q has not published port %d", r.c.spec.Name, port)
	}
	l, err := r.c.task.rt.net.ListenLazily(address, dialled)
	if err == nil {
		r.listeners = append(r.listeners, l)
	}
	return l, err
}

// address is where a port of the container is reached; see the address of a
// task in package server.
func (r *run) address(port int) (string, bool) {
	switch r.c.task.spec.NetworkMode {
	case runtime.AWSVPC:
		return join(r.c.task.Network().IP, port), true
	case runtime.Host:
		return join("127.0.0.1", port), true
	}
	for _, b := range r.bindings {
		if b.ContainerPort == port && b.Protocol == "tcp" {
			return join("127.0.0.1", b.HostPort), true
		}
	}
	return "", false
}

func join(host string, port int) string { return net.JoinHostPort(host, strconv.Itoa(port)) }

// shutPorts closes what the container has open and cuts all connections off,
// as the end of a process does.
func (r *run) shutPorts() {
	for _, l := range r.listeners {
		_ = l.Close()
	}
	if r.server != nil {
		_ = r.server.Close()
	}
}
