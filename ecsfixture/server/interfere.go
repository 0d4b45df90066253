package server

import (
	"context"
	"fmt"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// Kill ends a container as kill -9 does, without its stop timeout: the task
// goes the way of a crash.
func (s *Service) Kill(ctx context.Context, taskARN, container string) error {
	_, c, err := s.running(taskARN, container)
	if err != nil {
		return err
	}
	return c.Stop(ctx, 0)
}

// SetHealth makes a container with a health check healthy or unhealthy until
// its check changes its mind.
func (s *Service) SetHealth(taskARN, container string, healthy bool) error {
	t, _, err := s.running(taskARN, container)
	if err != nil {
		return err
	}
	if p := t.runner.containers[container]; !hasHealthCheck(p.definition) {
		return fmt.Errorf("container %s has no health check", container)
	}
	e := runtime.Event{Kind: runtime.Health, At: time.Now(), Healthy: healthy}
	t.runner.box.put(func() { t.runner.happened(container, e) })
	return nil
}

// running returns a container of a task that has been created.
func (s *Service) running(taskARN, container string) (*task, runtime.Container, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.tasks[lastPart(taskARN)]
	if !ok {
		return nil, nil, fmt.Errorf("task %s is not known", taskARN)
	}
	c := t.container(container)
	switch {
	case c == nil:
		return nil, nil, fmt.Errorf("the task has no container %q", container)
	case deref(c.LastStatus) != running.String():
		return nil, nil, fmt.Errorf("container %s is %s, not RUNNING", container, deref(c.LastStatus))
	}
	return t, t.told[container].Container, nil
}
