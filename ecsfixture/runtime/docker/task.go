package docker

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"time"

	"github.com/moby/moby/api/types/container"
	"golang.org/x/sync/errgroup"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// The time that the engine has for a step, as in the ECS agent.
const (
	taskLimit   = 4 * time.Minute
	createLimit = 4 * time.Minute
	startLimit  = 3 * time.Minute
)

// Task is the shared part of a task in the engine. It implements
// [runtime.Task].
type Task struct {
	rt      *Runtime
	spec    runtime.TaskSpec
	holder  string // ID of what holds the shared namespaces; empty if nothing does
	network runtime.Network
	calls   inflight // of Create and Start

	mu         sync.Mutex            // guards the fields below
	containers map[string]*Container // by name in the task definition
	owned      map[string]created    // by ID: all that Close removes
	volumes    []string
}

// NewTask implements [runtime.Runtime].
//
// Agent has an effect in the network modes awsvpc and bridge. In the mode
// host a container reaches the endpoint as the host does.
func (r *Runtime) NewTask(ctx context.Context, spec runtime.TaskSpec) (runtime.Task, error) {
	t, err := detach(ctx, &r.calls, taskLimit,
		func(ctx context.Context) (*Task, error) { return r.makeTask(ctx, spec) },
		func(t *Task) { _ = t.Close(context.Background()) })
	if err != nil {
		return nil, err
	}
	return t, nil
}

func (r *Runtime) makeTask(ctx context.Context, spec runtime.TaskSpec) (*Task, error) {
	t := &Task{rt: r, spec: spec, containers: map[string]*Container{}, owned: map[string]created{}}
	r.mu.Lock()
	r.tasks[t] = struct{}{}
	r.mu.Unlock()
	err := t.makeVolumes(ctx)
	if err == nil {
		err = stepError(runtime.ResourceInitialization, "created", taskLimit, t.makeNamespaces(ctx))
	}
	if err != nil {
		return nil, errors.Join(err, t.Close(context.WithoutCancel(ctx)))
	}
	return t, nil
}

// makeNamespaces starts the holder if the task's containers share anything.
func (t *Task) makeNamespaces(ctx context.Context) error {
	if t.spec.NetworkMode != runtime.AWSVPC {
		if t.spec.PIDMode == "task" || t.spec.IPCMode == "task" {
			return t.hold(ctx, "none", nil)
		}
		return nil
	}
	if err := t.rt.ensureNetwork(ctx); err != nil {
		return err
	}
	return t.hold(ctx, t.rt.networkName(), free(t.spec.Ports))
}

func (t *Task) hold(ctx context.Context, network string, ports []runtime.Port) error {
	set, bound, err := published(ports)
	if err != nil {
		return err
	}
	host := container.HostConfig{NetworkMode: container.NetworkMode(network), PortBindings: bound}
	if t.spec.IPCMode == "task" {
		host.IpcMode = container.IPCModeShareable
	}
	h, err := t.createHolder(ctx, "holder", container.Config{ExposedPorts: set}, host, t.spec.NetworkMode == runtime.AWSVPC && t.spec.Agent != "")
	if err != nil {
		return err
	}
	if err := t.rt.engine.runHolder(ctx, h); err != nil {
		return err
	}
	info, err := t.rt.engine.inspect(ctx, h.id)
	if err == nil {
		t.holder, t.network = h.id, interfaceOf(info, network)
	}
	return err
}

// Network implements [runtime.Task].
func (t *Task) Network() runtime.Network { return t.network }

func (t *Task) labels() map[string]string {
	return merged(t.spec.Labels, t.rt.labels, map[string]string{LabelTask: t.spec.ID})
}

var notInNames = regexp.MustCompile(`[^a-zA-Z0-9_.-]+`)

// containerName is the engine's name for something of the task.
func (t *Task) containerName(name string) string {
	return t.rt.engineName(t.spec.ID + "-" + name)
}

// engineName is the engine's name for something of the runtime.
func (r *Runtime) engineName(name string) string {
	return notInNames.ReplaceAllString(fmt.Sprintf("ecs-%s-%s", r.session, name), "_")
}

// own makes Close remove c.
func (t *Task) own(c created) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.owned[c.id] = c
}

// Close implements [runtime.Task]. It lets calls of Create and Start that
// are under way finish first.
func (t *Task) Close(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("docker: task %s is not closed: %w", t.spec.ID, err)
	}
	if err := closed(ctx, t.calls.close()); err != nil {
		return fmt.Errorf("docker: task %s is still making containers: %w", t.spec.ID, err)
	}
	if err := t.removeOwned(ctx); err != nil {
		return err
	}
	if err := t.awaitEnds(ctx); err != nil {
		return err
	}
	if err := t.removeVolumes(ctx); err != nil {
		return err
	}
	t.rt.forget(t)
	return nil
}

func (t *Task) removeOwned(ctx context.Context) error {
	t.mu.Lock()
	var all []created
	for _, c := range t.owned {
		all = append(all, c)
	}
	for _, c := range t.containers {
		c.removing.Store(true)
	}
	t.mu.Unlock()
	var g errgroup.Group
	for _, c := range all {
		g.Go(func() error { return t.remove(ctx, c) })
	}
	return g.Wait()
}

func (t *Task) remove(ctx context.Context, c created) error {
	if err := t.rt.engine.remove(ctx, c); err != nil {
		return fmt.Errorf("docker: task %s: container %.12s is not removed: %w", t.spec.ID, c.id, err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.owned, c.id)
	return nil
}

// awaitEnds waits until each container has told its end.
func (t *Task) awaitEnds(ctx context.Context) error {
	t.mu.Lock()
	var all []*Container
	for _, c := range t.containers {
		all = append(all, c)
	}
	t.mu.Unlock()
	for _, c := range all {
		if err := c.awaitEnd(ctx); err != nil {
			return fmt.Errorf("docker: task %s: container %s has not told its end: %w", t.spec.ID, c.spec.Name, err)
		}
	}
	return nil
}

func (t *Task) removeVolumes(ctx context.Context) error {
	t.mu.Lock()
	names := t.volumes
	t.volumes = nil
	t.mu.Unlock()
	_, err := removeAll(ctx, names, t.rt.engine.removeVolume)
	if err != nil {
		t.mu.Lock()
		t.volumes = names
		t.mu.Unlock()
		return fmt.Errorf("docker: task %s: its volumes are not removed: %w", t.spec.ID, err)
	}
	return nil
}

// forget takes a closed task off the books.
func (r *Runtime) forget(t *Task) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.tasks, t)
	for _, c := range t.containers {
		delete(r.containers, c.id)
	}
}
