package docker

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

var (
	errClosed   = errors.New("docker: closed")
	errTimedOut = errors.New("docker: timed out")
)

const daemonPrefix = "Error response from daemon: "

// daemonError is err as `docker` would print it, without what the layers in
// between put before it.
func daemonError(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	if i := strings.Index(text, daemonPrefix); i >= 0 {
		text = text[i+len(daemonPrefix):]
	}
	return &engineError{text: daemonPrefix + text, err: err}
}

// engineError keeps what [errors.Is] needs under another text.
type engineError struct {
	text string
	err  error
}

func (e *engineError) Error() string { return e.text }
func (e *engineError) Unwrap() error { return e.err }

// stepError names the failure of a step toward a container's state, as the
// ECS agent does.
func stepError(name runtime.ErrorName, state string, limit time.Duration, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errTimedOut):
		return runtime.Errorf(runtime.DockerTimeout, "Could not transition to %s; timed out after waiting %s", state, limit)
	case errors.Is(err, errClosed), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err // the caller's own doing
	}
	return runtime.Named(name, daemonError(err))
}
