package server

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// ErrUnknown is why nothing can be said of what isn't there.
var ErrUnknown = errors.New("is not known")

// AwaitTask waits until a task is as reached says, and returns it. The error
// says why it can't be waited for any longer.
func (s *Service) AwaitTask(ctx context.Context, taskARN string, reached func(types.Task) bool) (types.Task, error) {
	for {
		task, known, changed := s.taskAndChange(taskARN)
		switch {
		case !known:
			return task, fmt.Errorf("task %q %w", taskARN, ErrUnknown)
		case reached(task):
			return task, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return task, context.Cause(ctx)
		case <-s.ctx.Done():
			return task, errors.New("the fixture was closed")
		}
	}
}

func (s *Service) taskAndChange(taskARN string) (types.Task, bool, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.tasks[lastPart(taskARN)]
	if !ok {
		return types.Task{}, false, nil
	}
	return t.output(true), true, t.changed.next()
}
