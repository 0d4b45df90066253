package simulated

import (
	"context"
	"io"
	"slices"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// Process is what a [Func] sees of its container.
type Process struct {
	Task    string           // ID of the task
	Name    string           // of the container
	Image   string           // reference
	Args    []string         // entry point and command
	Env     []runtime.EnvVar // secrets too
	Network runtime.Network  // of the task
	Agent   string           // address of the task's metadata and credentials endpoint

	// Stdout and Stderr become lines.
	Stdout, Stderr io.Writer

	killed context.Context
	run    *run
}

// LookupEnv returns the value of an environment variable and whether it is
// set. Of several of a name the last counts.
func (p Process) LookupEnv(name string) (string, bool) {
	for _, v := range slices.Backward(p.Env) {
		if v.Name == name {
			return v.Value, true
		}
	}
	return "", false
}

// Getenv returns the value of an environment variable, empty if it isn't set.
func (p Process) Getenv(name string) string {
	value, _ := p.LookupEnv(name)
	return value
}

// SetHealth decides what the health check says from now on.
func (p Process) SetHealth(healthy bool) {
	p.run.c.change(p.run, func() { p.run.steerHealth(healthy) })
}

// Killed is closed when the container is killed, where the context of the
// Func ends at SIGTERM. A Func that ignores the one should heed the other.
func (p Process) Killed() <-chan struct{} { return p.killed.Done() }

func (r *run) steerHealth(healthy bool) {
	r.steered = true
	r.setHealth(healthy, "")
}

func (r *run) process(killed context.Context) Process {
	c := r.c
	return Process{
		Task: c.task.spec.ID, Name: c.spec.Name, Image: c.spec.Image,
		Args: arguments(&c.spec), Env: slices.Clone(c.spec.Env),
		Network: c.task.Network(), Agent: c.task.spec.Agent,
		Stdout: writer{r, runtime.Stdout}, Stderr: writer{r, runtime.Stderr},
		killed: killed, run: r,
	}
}
