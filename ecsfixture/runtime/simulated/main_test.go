package simulated_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// story is what a container told, as one list.
type story struct {
	mu   sync.Mutex // guards told
	told []any      // runtime.Line and runtime.Event
}

func (s *story) add(x any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = append(s.told, x)
}

// texts is the lines, those of stderr with a mark before.
func (s *story) texts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var texts []string
	for _, x := range s.told {
		if l, ok := x.(runtime.Line); ok && l.Stream == runtime.Stderr {
			texts = append(texts, "! "+l.Text)
		} else if ok {
			texts = append(texts, l.Text)
		}
	}
	return texts
}

func (s *story) events() []runtime.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	var events []runtime.Event
	for _, x := range s.told {
		if e, ok := x.(runtime.Event); ok {
			events = append(events, e)
		}
	}
	return events
}

// last is the last that the container told, which has to be an event.
func (s *story) last(t *testing.T) runtime.Event {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	require.NotEmpty(t, s.told)
	e, ok := s.told[len(s.told)-1].(runtime.Event)
	require.True(t, ok, "last is %v", s.told[len(s.told)-1])
	return e
}

// newRuntime is a runtime that is closed with the test and leaves nothing.
func newRuntime(t *testing.T, opts ...simulated.Option) *simulated.Runtime {
	rt := simulated.New(opts...)
	t.Cleanup(func() {
		require.NoError(t, rt.Close(context.Background()))
		require.Empty(t, rt.Left())
	})
	return rt
}

func newTask(t *testing.T, rt *simulated.Runtime, spec runtime.TaskSpec) runtime.Task {
	task, err := rt.NewTask(t.Context(), spec)
	require.NoError(t, err)
	return task
}

var check = &runtime.HealthCheck{Interval: 30 * time.Second, Timeout: 5 * time.Second, Retries: 3}

// one starts the container app of image img in a task t1, with a health
// check, following steps.
func one(t *testing.T, steps ...simulated.Step) (*simulated.Live, runtime.Container, *story) {
	rt := newRuntime(t, simulated.On(simulated.Image("img"), steps...))
	return start(t, rt, runtime.ContainerSpec{Name: "app", Image: "img", Health: check})
}

func start(t *testing.T, rt *simulated.Runtime, spec runtime.ContainerSpec) (*simulated.Live, runtime.Container, *story) {
	task := newTask(t, rt, runtime.TaskSpec{ID: "t1"})
	s := &story{}
	spec.Lines = func(l runtime.Line) { s.add(l) }
	spec.Events = func(e runtime.Event) { s.add(e) }
	c, err := task.Create(t.Context(), spec)
	require.NoError(t, err)
	_, err = c.Start(t.Context())
	require.NoError(t, err)
	live, ok := rt.Find("arn:aws:ecs:eu-west-1:1:task/default/t1", spec.Name)
	require.True(t, ok)
	return live, c, s
}
