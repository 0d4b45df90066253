package docker_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/moby/moby/client"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/testimage"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/docker"
)

func TestMain(m *testing.M) {
	if os.Getenv(reaperChild) == "" {
		_ = os.Setenv("TESTCONTAINERS_RYUK_DISABLED", "true") // its image can't be had everywhere
	}
	goleak.VerifyTestMain(m)
}

// patience bounds every wait for something that should be quick.
const patience = 30 * time.Second

func newRuntime(t *testing.T, opts ...docker.Option) *docker.Runtime {
	t.Helper()
	r, err := docker.New(t.Context(), opts...)
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		require.NoError(t, r.Close(ctx))
		requireNothingLeft(t, docker.LabelSession+"="+r.Session())
	})
	return r
}

func engineClient(t *testing.T) *client.Client {
	t.Helper()
	cli, err := client.New(client.FromEnv)
	require.NoError(t, err)
	t.Cleanup(func() { _ = cli.Close() })
	return cli
}

func requireNothingLeft(t *testing.T, label string) {
	t.Helper()
	require.Empty(t, leftovers(t, label))
}

// leftovers are the containers, networks and volumes with a label.
func leftovers(t *testing.T, label string) (found []string) {
	t.Helper()
	cli, err := client.New(client.FromEnv)
	require.NoError(t, err)
	defer cli.Close()
	ctx, f := context.Background(), make(client.Filters).Add("label", label)
	containers, err := cli.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: f})
	require.NoError(t, err)
	for _, c := range containers.Items {
		found = append(found, "container "+strings.Join(c.Names, ","))
	}
	networks, err := cli.NetworkList(ctx, client.NetworkListOptions{Filters: f})
	require.NoError(t, err)
	for _, n := range networks.Items {
		found = append(found, "network "+n.Name)
	}
	volumes, err := cli.VolumeList(ctx, client.VolumeListOptions{Filters: f})
	require.NoError(t, err)
	for _, v := range volumes.Items {
		found = append(found, "volume "+v.Name)
	}
	return found
}

var taskNumber struct {
	sync.Mutex
	n int
}

func newTask(t *testing.T, r *docker.Runtime, spec runtime.TaskSpec) runtime.Task {
	t.Helper()
	taskNumber.Lock()
	taskNumber.n++
	spec.ID = fmt.Sprintf("%032x", taskNumber.n)
	taskNumber.Unlock()
	if spec.NetworkMode == "" {
		spec.NetworkMode = runtime.None // the quickest
	}
	task, err := r.NewTask(t.Context(), spec)
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		require.NoError(t, task.Close(ctx))
	})
	return task
}

// probe is a container with what it told.
type probe struct {
	t *testing.T
	runtime.Container
	events chan runtime.Event
	lines  chan runtime.Line

	mu    sync.Mutex // guards story
	story []any      // lines and events in order
}

// shell is a container that runs a script.
func shell(t *testing.T, script string) runtime.ContainerSpec {
	t.Helper()
	return runtime.ContainerSpec{Name: "main", Image: testimage.Busybox(t), Command: []string{"sh", "-c", script}}
}

func create(t *testing.T, task runtime.Task, spec runtime.ContainerSpec) *probe {
	t.Helper()
	p := &probe{t: t, events: make(chan runtime.Event, 100), lines: make(chan runtime.Line, 10000)}
	spec.Lines = func(l runtime.Line) { p.note(l); p.lines <- l }
	spec.Events = func(e runtime.Event) { p.note(e); p.events <- e }
	c, err := task.Create(t.Context(), spec)
	require.NoError(t, err)
	p.Container = c
	return p
}

func run(t *testing.T, task runtime.Task, spec runtime.ContainerSpec) *probe {
	t.Helper()
	p := create(t, task, spec)
	p.start()
	return p
}

func (p *probe) note(what any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.story = append(p.story, what)
}

func (p *probe) start() runtime.Started {
	p.t.Helper()
	s, err := p.Start(p.t.Context())
	require.NoError(p.t, err)
	return s
}

func (p *probe) event() runtime.Event {
	p.t.Helper()
	select {
	case e := <-p.events:
		return e
	case <-time.After(patience):
		p.t.Fatalf("no event; so far %v", p.told())
		return runtime.Event{}
	}
}

func (p *probe) exit() runtime.Event {
	p.t.Helper()
	e := p.event()
	require.Equal(p.t, runtime.Exited, e.Kind, "%+v", e)
	return e
}

func (p *probe) line() runtime.Line {
	p.t.Helper()
	select {
	case l := <-p.lines:
		return l
	case <-time.After(patience):
		p.t.Fatalf("no line; so far %v", p.told())
		return runtime.Line{}
	}
}

func (p *probe) told() []any {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]any(nil), p.story...)
}

// texts are all lines so far.
func (p *probe) texts() (texts []string) {
	for _, what := range p.told() {
		if l, ok := what.(runtime.Line); ok {
			texts = append(texts, l.Text)
		}
	}
	return texts
}
