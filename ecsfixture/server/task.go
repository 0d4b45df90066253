package server

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// task is a task of the store. Its runner is the only writer of lastStatus
// and of the containers; StopTask and the scheduler ask for its end by
// desiredStatus, stopCode and stoppedReason.
type task struct {
	id         string
	cluster    *cluster
	definition *taskDefinition
	api        types.Task // without tags; guarded by Service.mu
	tags       []types.Tag
	steps      []Step // its story, oldest first
	network    runtime.Network
	told       map[string]AgentContainer // what the agent knows, by container
	runner     *runner
	changed    signal // guarded by Service.mu
	lodging           // on a container instance
	membership        // of a service
}

// Step is a moment in the life of a task.
type Step struct {
	At     time.Time
	Status string // the task's new lastStatus, or
	Text   string // something else that happened
}

// String is the step as a test shows it:
//
//	12:04:05.250 app RUNNING
func (s Step) String() string { return s.At.Format("15:04:05.000") + " " + s.Status + s.Text }

func (t *task) arn() string { return *t.api.TaskArn }

func (t *task) stopped() bool { return *t.api.LastStatus == stopped.String() }

// active reports whether the task keeps its cluster from being deleted.
func (t *task) active() bool { return !t.stopped() }

// output returns a copy of t for a reply.
func (t *task) output(withTags bool) types.Task {
	out := clone(t.api)
	out.Tags = []types.Tag{}
	if withTags {
		out.Tags = append(out.Tags, clone(t.tags)...)
	}
	return out
}

func (t *task) container(name string) *types.Container {
	i := slices.IndexFunc(t.api.Containers, func(c types.Container) bool { return *c.Name == name })
	if i < 0 {
		return nil
	}
	return &t.api.Containers[i]
}

// findTask returns the task of a cluster by its id or ARN. The caller holds
// s.mu.
func (s *Service) findTask(c *cluster, idOrARN string) (*task, bool) {
	name, ok := s.resourceName("task", idOrARN)
	if !ok {
		return nil, false
	}
	s.forget()
	t, ok := s.tasks[lastPart(name)]
	if !ok || t.cluster != c {
		return nil, false
	}
	return t, name == t.id || name == c.name+"/"+t.id
}

// taskARN returns the full ARN of a task of c, known or not. An ARN stays what
// it is: it may be of another cluster.
func (s *Service) taskARN(c *cluster, idOrARN string) string {
	if strings.HasPrefix(idOrARN, "arn:") {
		return idOrARN
	}
	return s.arn("task", c.name, lastPart(idOrARN))
}

// forget drops the tasks that stopped longer ago than the retention. The
// caller holds s.mu.
func (s *Service) forget() {
	oldest := time.Now().Add(-s.cfg.Retention)
	n := 0
	for n < len(s.ended) && s.ended[n].api.StoppedAt.Before(oldest) {
		delete(s.tasks, s.ended[n].id)
		s.ended[n].changed.raise()
		n++
	}
	if n == 0 {
		return
	}
	s.ended = slices.Delete(s.ended, 0, n)
	s.order = slices.DeleteFunc(s.order, func(t *task) bool { return s.tasks[t.id] == nil })
}

// note adds a step to the story of t. The caller holds s.mu.
func (t *task) note(text string) {
	t.steps = append(t.steps, Step{At: time.Now(), Text: text})
}

// Timeline returns the steps of a task's life, oldest first; nil if the task
// is not known.
func (s *Service) Timeline(taskARN string) []Step {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.tasks[lastPart(taskARN)]
	if !ok {
		return nil
	}
	return slices.Clone(t.steps)
}

// Task returns a task by its ARN or id, in whatever cluster it is.
func (s *Service) Task(taskARN string) (types.Task, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.tasks[lastPart(taskARN)]
	if !ok {
		return types.Task{}, false
	}
	return t.output(true), true
}

// requestStop turns a task's desiredStatus to STOPPED; the first to do so
// names the reason. The caller holds s.mu.
func (s *Service) requestStop(t *task, code types.TaskStopCode, reason string) {
	if *t.api.DesiredStatus == stopped.String() {
		return
	}
	s.change(t, func(api *types.Task) {
		api.DesiredStatus = aws.String(stopped.String())
		api.StopCode = code
		api.StoppedReason = aws.String(reason)
		api.StoppingAt = aws.Time(time.Now())
	})
	t.note("desiredStatus STOPPED, " + string(code) + ": " + reason)
	t.runner.box.put(func() {})
}

// change applies f to a task, counts the version up and tells all who wait.
// The caller holds s.mu.
func (s *Service) change(t *task, f func(*types.Task)) {
	before := *t.api.LastStatus
	f(&t.api)
	t.api.Version++
	t.api.HealthStatus = taskHealth(t)
	if after := *t.api.LastStatus; after != before {
		t.steps = append(t.steps, Step{At: time.Now(), Status: after})
	}
	if s.cfg.TaskChanged != nil {
		s.cfg.TaskChanged(t.output(false))
	}
	if t.stopped() {
		s.moveOut(t)
	}
	if t.service != nil {
		t.service.poke()
	}
	t.changed.raise()
	s.broadcast()
}
