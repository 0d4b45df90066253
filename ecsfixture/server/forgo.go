package server

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// exitForgone is the exit code that the agent gives a container which it
// never starts: as if it had been sent a SIGTERM.
const exitForgone = 143

// forgo gives up a container whose dependency can't be satisfied any more. One
// that is being pulled ends when its pull does.
func (r *runner) forgo(a action) {
	m := r.member(a.container)
	m.failure = clip(runtime.Errorf(runtime.CannotStartContainer, a.reason, r.portray(a.on), r.portray(a.container)).Error())
	m.exit = aws.Int32(exitForgone)
	if m.phase != pulling {
		r.notLaunched(a.container, nil)
	}
}

// portray words a container as the agent does in its errors: name(image)
// (known->desired), and its exit code.
func (r *runner) portray(name string) string {
	m, desired := r.member(name), running
	if m.failure != "" {
		desired = stopped
	}
	text := fmt.Sprintf("%s(%s) (%s->%s)", name, *r.containers[name].definition.Image, m.phase.known(), desired)
	if m.exit != nil {
		text += fmt.Sprintf(" - Exit: %d", *m.exit)
	}
	return text
}

// known is the agent's word for how far a container has come.
func (p phase) known() string {
	switch p {
	case waiting, pulling:
		return "NONE"
	case pulled, launching:
		return "PULLED"
	case up, ending:
		return "RUNNING"
	}
	return "STOPPED"
}
