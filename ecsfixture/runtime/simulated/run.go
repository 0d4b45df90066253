package simulated

import (
	"net"
	"net/http"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// run is a container between a start and its end. The container's lock
// guards it; methods expect it to be held.
type run struct {
	c        *container
	bindings []runtime.Binding
	agenda   agenda
	done     chan struct{} // closed at the end

	actions []action // still to come
	epoch   int      // goes up when they are replaced
	resting bool     // a RunFor is the last that took place
	termed  bool     // had its SIGTERM

	health  runtime.Event // what the check said last; Kind 0 if nothing yet
	steered bool          // health is set from outside, not by the script

	fn       *funcCall // running Func
	out, err lines     // of the Func

	server    *http.Server // of the ports, nil if it has none
	listeners []net.Listener
}

func (r *run) bind() (err error) {
	if mode := r.c.task.spec.NetworkMode; mode != runtime.Bridge && mode != "" {
		return nil
	}
	r.bindings, err = r.c.task.rt.bind(r.c.spec.Ports)
	return err
}

// begin sets off the script. Nothing of it happens on the goroutine of
// Start, so that its caller may hold what the callbacks need.
func (r *run) begin() {
	if len(r.actions) > 0 {
		r.later(0)
	}
	if r.c.spec.Health == nil {
		return
	}
	for _, h := range r.c.script.healthChanges(r.c.spec.Health) {
		r.after(h.after(r.c.spec.Health), func() {
			if !r.steered {
				r.setHealth(h.healthy, "")
			}
		})
	}
}

// later goes on with the script, unless it is replaced by then.
func (r *run) later(d time.Duration) {
	epoch := r.epoch
	r.after(d, func() {
		if epoch == r.epoch {
			r.advance()
		}
	})
}

// advance goes on with the script.
func (r *run) advance() {
	for len(r.actions) > 0 {
		next := r.actions[0]
		r.actions, r.resting = r.actions[1:], false
		if !next(r) {
			return
		}
	}
	if r.resting {
		r.end(runtime.Event{Kind: runtime.Exited})
	}
}

// terminate is SIGTERM.
func (r *run) terminate() {
	if r.termed || r.c.script.deaf {
		return
	}
	r.termed = true
	if r.fn != nil {
		r.fn.terminate()
		return
	}
	r.actions = r.c.script.term
	r.epoch++
	r.advance()
}

// kill is SIGKILL.
func (r *run) kill() { r.end(runtime.Event{Kind: runtime.Exited, ExitCode: exitKilled}) }

// setHealth reports the result of a check if it differs from the last.
func (r *run) setHealth(healthy bool, output string) {
	if r.c.spec.Health == nil || r.health.Kind != 0 && r.health.Healthy == healthy {
		return
	}
	r.health = runtime.Event{Kind: runtime.Health, Healthy: healthy, Output: output}
	if !healthy {
		r.health.ExitCode = 1
	}
	r.c.event(r.health)
}

// end is the end of the run.
func (r *run) end(e runtime.Event) {
	if r.c.run != r {
		return
	}
	r.flush()
	r.c.event(e)
	r.unschedule()
	if r.fn != nil {
		r.fn.kill()
	}
	r.shutPorts()
	r.c.task.rt.unbind(r.bindings)
	r.c.run = nil
	close(r.done)
}

// flush writes the last lines that had no line feed.
func (r *run) flush() {
	r.out.flush(func(text string) { r.c.line(runtime.Stdout, text) })
	r.err.flush(func(text string) { r.c.line(runtime.Stderr, text) })
}
