package agent

import (
	"net"
	"net/http"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// source is where a container's calls come from: its own address, since its
// path is known to nobody else.
type source struct {
	mu sync.Mutex // guards ip
	ip string
}

// note looks at the sender. Behind a virtual machine it is the loopback.
func (s *source) note(r *http.Request) {
	if ip := senderOf(r); ip != nil && !ip.IsLoopback() {
		s.mu.Lock()
		s.ip = ip.String()
		s.mu.Unlock()
	}
}

func (s *source) address() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ip
}

func senderOf(r *http.Request) net.IP {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return nil
	}
	return net.ParseIP(host)
}

// isStranger reports whether a request comes from elsewhere than the task. The
// address of a network interface is the task's own. All containers of a bridge
// look alike, and so does everybody behind a virtual machine, who comes from
// the loopback: there a path that can't be guessed is all.
func (a *Agent) isStranger(r *http.Request, t *task) bool {
	sender := senderOf(r)
	if sender == nil || sender.IsLoopback() {
		return false
	}
	if own := t.address(); own != "" {
		return own != sender.String()
	}
	for _, other := range a.allTasks() {
		if other.address() == sender.String() {
			return true
		}
	}
	return false
}

// address is that of the task's network interface, empty if it has none.
func (t *task) address() string {
	if t.NetworkMode != types.NetworkModeAwsvpc {
		return ""
	}
	return t.State().Network.IP
}
