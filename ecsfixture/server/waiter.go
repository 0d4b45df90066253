package server

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

// SDK waiters ask again only after seconds: 6 for tasks, and longer each time
// in Go. So the request of a waiter, which says in its User-Agent that it is
// one, is held until the waiter has something to see, or for less than any
// client's read timeout: a waiter that got nothing sleeps, and sees nothing
// until it asks again. Nobody else's request is held.
//
// What there is to see depends on the waiter. The fixture's own clients name
// theirs, and have no connection that could time out: theirs are held until
// the waiter's own time is up. For others: a task that stopped ends every
// waiter, so that is told at once; one that reached RUNNING ends TasksRunning
// but not TasksStopped.
// It is told after a moment in which it may stop after all, and when the
// same question comes again, the one who asks waits for the end.
const (
	taskHold    = 25 * time.Second
	settleDelay = 500 * time.Millisecond
	toldFor     = time.Minute
)

// sight is what a waiter sees in an answer.
type sight int

const (
	nothing sight = iota // no waiter ends with it
	halfway              // some waiters do
	theEnd               // all do
)

// glance is a look at how things stand.
type glance struct {
	seen    sight
	key     string  // says what it is about
	changed *signal // wakes who looks again
}

// to narrows down what is seen by whom.
func (seen sight) to(waiter string) sight {
	switch {
	case seen != halfway || waiter == "":
		return seen
	case waiter == "TasksStopped":
		return nothing
	}
	return theEnd
}

// hold calls look under s.mu until the caller is to have its answer: at once,
// unless it is a waiter.
func (s *Service) hold(ctx context.Context, bound time.Duration, look func() (glance, error)) error {
	if !awsjson.CallerFrom(ctx).Waiter {
		s.mu.Lock()
		defer s.mu.Unlock()
		_, err := look()
		return err
	}
	var deadline <-chan time.Time
	if awsjson.CallerFrom(ctx).WaitsFor == "" {
		deadline = time.After(bound)
	}
	return s.holdUntil(ctx, deadline, look)
}

func (s *Service) holdUntil(ctx context.Context, deadline <-chan time.Time, look func() (glance, error)) error {
	var settled <-chan time.Time
	for {
		g, changed, err := s.look(look)
		seen := g.seen.to(awsjson.CallerFrom(ctx).WaitsFor)
		if err != nil || seen == theEnd {
			return err
		}
		if seen == halfway && settled == nil && !s.wasTold(ctx, g.key) {
			settled = time.After(settleDelay)
		}
		select {
		case <-changed:
		case <-settled:
			return s.tell(ctx, g.key)
		case <-deadline:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-s.ctx.Done():
			return nil
		}
	}
}

func (s *Service) look(look func() (glance, error)) (g glance, changed <-chan struct{}, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g, err = look(); err != nil {
		return g, nil, err
	}
	return g, g.changed.next(), nil
}

// wasTold reports whether a waiter was answered halfway about the same thing
// a short while ago: the one who asks again waits for more.
func (s *Service) wasTold(ctx context.Context, key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.told[awsjson.CallerFrom(ctx).AccessKey+key]
	return ok && time.Since(at) < toldFor
}

func (s *Service) tell(ctx context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, at := range s.told {
		if time.Since(at) >= toldFor {
			delete(s.told, k)
		}
	}
	s.told[awsjson.CallerFrom(ctx).AccessKey+key] = time.Now()
	return nil
}

// waitKey says what an answer is about.
func waitKey(out *ecs.DescribeTasksOutput) string {
	var b strings.Builder
	for _, t := range out.Tasks {
		b.WriteString(lastPart(*t.TaskArn))
	}
	return b.String()
}

// taskSight tells what the waiters TasksRunning and TasksStopped see.
func taskSight(out *ecs.DescribeTasksOutput) sight {
	runs, ends := 0, 0
	for _, t := range out.Tasks {
		switch *t.LastStatus {
		case running.String():
			runs++
		case stopped.String():
			ends++
		}
	}
	switch {
	case len(out.Failures) > 0 || ends == len(out.Tasks):
		return theEnd
	case ends > 0 || runs == len(out.Tasks):
		return halfway
	}
	return nothing
}

// serviceSight tells what the waiters ServicesStable and ServicesInactive
// see. One that doesn't say which it is asks about a service that lives to see
// it stable, and about one that is deleted to see it gone. A service is told
// to be stable only when its deployment is over, so that who has waited finds
// it COMPLETED.
func serviceSight(out *ecs.DescribeServicesOutput, waiter string) sight {
	stable, leaving := 0, 0
	for _, sv := range out.Services {
		switch {
		case *sv.Status == serviceInactive:
			return theEnd
		case *sv.Status == serviceDraining:
			leaving++
		case isStable(sv):
			stable++
		}
	}
	switch {
	case len(out.Failures) > 0:
		return theEnd
	case leaving > 0 && waiter == "ServicesStable", stable == len(out.Services) && waiter != "ServicesInactive":
		return theEnd
	}
	return nothing
}

func isStable(sv types.Service) bool {
	if sv.DeploymentController.Type == types.DeploymentControllerTypeExternal {
		return sv.RunningCount == sv.DesiredCount
	}
	return len(sv.Deployments) == 1 && sv.RunningCount == sv.DesiredCount &&
		sv.Deployments[0].RolloutState != types.DeploymentRolloutStateInProgress
}
