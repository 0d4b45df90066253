package server

import (
	"fmt"
	"net"
	goruntime "runtime"
	"strconv"
)

// Address returns the host and port by which a container's port is reached
// from this machine.
func (s *Service) Address(taskARN, container string, port int) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.tasks[lastPart(taskARN)]
	if !ok {
		return "", fmt.Errorf("task %q %w", taskARN, ErrUnknown)
	}
	c := t.container(container)
	switch {
	case c == nil:
		return "", fmt.Errorf("the task has no container %q", container)
	case networkMode(t.definition) == "host":
		return join("127.0.0.1", port), nil
	case isAWSVPC(t.definition):
		return t.ownAddress(port)
	}
	for _, b := range c.NetworkBindings {
		if int(*b.ContainerPort) == port {
			return join("127.0.0.1", int(*b.HostPort)), nil
		}
	}
	return "", fmt.Errorf("container %s has not published port %d", container, port)
}

// ownAddress is the address of a task with an interface of its own. Only
// Linux routes to containers; elsewhere the runtime has published the ports,
// unless its containers are in this process.
func (t *task) ownAddress(port int) (string, error) {
	if t.network.IP == "" {
		return "", fmt.Errorf("the task has no address yet")
	}
	if goruntime.GOOS == "linux" || len(t.network.Bindings) == 0 {
		return join(t.network.IP, port), nil
	}
	for _, b := range t.network.Bindings {
		if b.ContainerPort == port {
			return join("127.0.0.1", b.HostPort), nil
		}
	}
	return "", fmt.Errorf("the task has not published port %d", port)
}

func join(host string, port int) string { return net.JoinHostPort(host, strconv.Itoa(port)) }
