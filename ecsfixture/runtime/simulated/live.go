package simulated

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// Live is the handle by which a test steers a container. All of its verbs
// fail if the container isn't running. The callbacks that they lead to come
// in order but on another goroutine, so they may come after the return.
type Live struct{ c *container }

// Find returns a container by the ID or ARN of its task and its name. It is
// there from its creation until its task is closed.
func (rt *Runtime) Find(task, container string) (*Live, bool) {
	id := task[strings.LastIndexByte(task, '/')+1:]
	rt.mu.Lock()
	t := rt.tasks[id]
	rt.mu.Unlock()
	if t == nil {
		return nil, false
	}
	return t.find(container)
}

func (t *task) find(name string) (*Live, bool) {
	for _, c := range t.list() {
		if c.spec.Name == name {
			return &Live{c}, true
		}
	}
	return nil, false
}

// Containers returns the containers of a name over all tasks that aren't
// closed, in the order of their creation.
func (rt *Runtime) Containers(name string) []*Live {
	var found []*Live
	for _, t := range rt.list() {
		for _, c := range t.list() {
			if c.spec.Name == name {
				found = append(found, &Live{c})
			}
		}
	}
	slices.SortFunc(found, func(a, b *Live) int { return cmp.Compare(a.c.number, b.c.number) })
	return found
}

// ID returns the container's identifier, the runtimeId of the ECS API.
func (l *Live) ID() string { return l.c.id }

// Task returns the ID of the container's task.
func (l *Live) Task() string { return l.c.task.spec.ID }

// Spec returns what the container was made from, such as its environment. It
// is shared and not to be changed.
func (l *Live) Spec() runtime.ContainerSpec { return l.c.spec }

// Running tells whether the container runs.
func (l *Live) Running() bool {
	l.c.mu.Lock()
	defer l.c.mu.Unlock()
	return l.c.run != nil
}

// Exit ends the container with an exit code.
func (l *Live) Exit(code int) error {
	return l.end(runtime.Event{Kind: runtime.Exited, ExitCode: code})
}

// Kill ends the container as SIGKILL does, with 137.
func (l *Live) Kill() error { return l.Exit(exitKilled) }

// OutOfMemory ends the container as the kernel does when memory is short.
func (l *Live) OutOfMemory() error {
	return l.end(runtime.Event{Kind: runtime.Exited, ExitCode: exitKilled, OOMKilled: true})
}

// Vanish makes the container go away as if the engine had lost it.
func (l *Live) Vanish(reason string) error {
	return l.end(runtime.Event{Kind: runtime.Vanished, Reason: reason})
}

func (l *Live) end(e runtime.Event) error { return l.c.steer(func(r *run) { r.end(e) }) }

// SetHealthy decides what the health check says from now on, whatever the
// script says. It fails if the container has no health check.
func (l *Live) SetHealthy(healthy bool) error {
	if l.c.spec.Health == nil {
		return fmt.Errorf("simulated: container %q has no health check", l.c.spec.Name)
	}
	return l.c.steer(func(r *run) { r.steerHealth(healthy) })
}

// Print writes lines to the container's standard output.
func (l *Live) Print(lines ...string) error { return l.write(runtime.Stdout, lines) }

// PrintErr writes lines to the container's standard error.
func (l *Live) PrintErr(lines ...string) error { return l.write(runtime.Stderr, lines) }

func (l *Live) write(s runtime.Stream, lines []string) error {
	return l.c.steer(func(r *run) { write(s, lines)(r) })
}
