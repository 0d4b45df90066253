package simulated

import (
	"context"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// Operation names a call into the runtime.
type Operation string

// The operations that a [Fault] can sit in.
const (
	Pull    Operation = "pull"
	NewTask Operation = "newtask"
	Create  Operation = "create"
	Start   Operation = "start"
	Stop    Operation = "stop"
	Close   Operation = "close" // of a task
)

// Call tells what an operation is about.
type Call struct {
	Task      string // ID of the task; empty for Pull
	Container string // name of the container; of Create, Start and Stop
	Image     string // of Pull, Create, Start and Stop
}

// Fault runs f at the beginning of each call of an operation. An error fails
// the call, which then has no effect; f may also wait for the context to end,
// or answer late. Several faults of an operation run in order, up to the
// first error. [Runtime.Close] meets no faults.
func Fault(op Operation, f func(context.Context, Call) error) Option {
	return func(c *config) { c.faults[op] = append(c.faults[op], f) }
}

// faultNames are the names of ECS for errors that have none yet.
var faultNames = map[Operation]runtime.ErrorName{
	Pull:    runtime.CannotPullContainer,
	NewTask: runtime.ResourceInitialization,
	Create:  runtime.CannotCreateContainer,
	Start:   runtime.CannotStartContainer,
	Stop:    runtime.CannotStopContainer,
}

// enter begins an operation: it fails if ctx has ended or a fault says so.
func (c *config) enter(ctx context.Context, op Operation, call Call) error {
	for _, f := range c.faults[op] {
		if err := f(ctx, call); err != nil {
			return named(ctx, op, err)
		}
	}
	return ctx.Err()
}

// named leaves the errors of an ended context alone: nothing went wrong but
// the caller's patience.
func named(ctx context.Context, op Operation, err error) error {
	name, ok := faultNames[op]
	if !ok || ctx.Err() != nil {
		return err
	}
	return runtime.Named(name, err)
}
