package simulated

import (
	"fmt"
	"sync"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// The simulated subnet is 10.0.0.0/16. As in a real one the first four
// addresses and the last are reserved.
const (
	subnet    = "10.0.0.0/16"
	gateway   = "10.0.0.1"
	resolver  = "10.0.0.2"
	firstHost = 4
	lastHost  = 1<<16 - 2
)

// The dynamic host ports of Linux.
const (
	firstPort = 32768
	lastPort  = 60999
)

// pool hands out numbers, each to one owner at a time. A number that came
// back is the last to go out again, so that a mix-up shows.
type pool struct {
	what        string
	first, last int

	mu   sync.Mutex // guards what follows
	next int
	used map[int]bool
}

func newPool(what string, first, last int) *pool {
	return &pool{what: what, first: first, last: last, next: first, used: map[int]bool{}}
}

// take hands out the next free number.
func (p *pool) take() (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for range p.last - p.first + 1 {
		n := p.next
		if p.next++; p.next > p.last {
			p.next = p.first
		}
		if !p.used[n] {
			p.used[n] = true
			return n, nil
		}
	}
	return 0, fmt.Errorf("simulated: all %d %s are in use", p.last-p.first+1, p.what)
}

// claim hands out n if it is free.
func (p *pool) claim(n int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.used[n] {
		return false
	}
	p.used[n] = true
	return true
}

func (p *pool) put(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.used, n)
}

func (p *pool) taken() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.used)
}

func network(host int) runtime.Network {
	hi, lo := host>>8, host&0xff
	return runtime.Network{
		IP:      fmt.Sprintf("10.0.%d.%d", hi, lo),
		MAC:     fmt.Sprintf("02:42:0a:00:%02x:%02x", hi, lo),
		Gateway: gateway,
		Subnet:  subnet,
		DNS:     []string{resolver},
	}
}

func (rt *Runtime) ports(protocol string) *pool {
	if protocol == "udp" {
		return rt.udp
	}
	return rt.tcp
}

// bind publishes ports, all or none.
func (rt *Runtime) bind(ports []runtime.Port) ([]runtime.Binding, error) {
	var bound []runtime.Binding
	for _, p := range ports {
		host, err := rt.hostPort(p)
		if err != nil {
			rt.unbind(bound)
			return nil, err
		}
		bound = append(bound, runtime.Binding{
			HostIP: "0.0.0.0", HostPort: host, ContainerPort: p.ContainerPort, Protocol: or(p.Protocol, "tcp"),
		})
	}
	return bound, nil
}

func (rt *Runtime) hostPort(p runtime.Port) (int, error) {
	pool := rt.ports(p.Protocol)
	if p.HostPort == 0 {
		return pool.take()
	}
	if !pool.claim(p.HostPort) {
		return 0, fmt.Errorf("driver failed programming external connectivity: Bind for 0.0.0.0:%d failed: port is already allocated", p.HostPort)
	}
	return p.HostPort, nil
}

func (rt *Runtime) unbind(bound []runtime.Binding) {
	for _, b := range bound {
		rt.ports(b.Protocol).put(b.HostPort)
	}
}
