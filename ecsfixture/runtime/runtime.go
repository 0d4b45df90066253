// Package runtime is the vocabulary between the ECS control plane and what
// runs its containers: a Runtime makes Tasks, a Task makes Containers, and a
// Container tells its story through callbacks.
//
// Package docker runs real containers, package simulated runs scripts, and
// package runtimetest holds the suite that both pass.
package runtime

import (
	"context"
	"encoding/json"
	"io"
	"time"
)

// Runtime runs the containers of one fixture.
// All its methods may be called concurrently.
type Runtime interface {
	// Pull makes an image available under the policy of the runtime and
	// returns what it resolved to. Concurrent pulls of one reference
	// share the work. A cancelled context ends the caller's wait at
	// once, and the pull itself when nobody waits for it any more.
	Pull(ctx context.Context, ref string, auth *RegistryAuth) (Image, error)

	// NewTask prepares what the containers of a task share: network
	// namespace and volumes.
	NewTask(ctx context.Context, spec TaskSpec) (Task, error)

	// Close removes every task that is left and frees the runtime.
	// A second Close does nothing.
	Close(ctx context.Context) error
}

// Task is what the containers of one ECS task share.
type Task interface {
	// Network tells the task's own network interface. It is the zero
	// Network unless the network mode is awsvpc.
	Network() Network

	// Create makes a container and leaves it stopped.
	Create(ctx context.Context, spec ContainerSpec) (Container, error)

	// Close removes the task's containers, running or not, then its
	// network and task-scoped volumes. A second Close does nothing.
	Close(ctx context.Context) error
}

// Container is one container of a task.
type Container interface {
	// ID is the engine's identifier, the runtimeId of the ECS API.
	ID() string

	// Start runs the container, for the first time or again after it
	// exited. Once Start has returned without an error, exactly one
	// [Exited] or [Vanished] event follows.
	Start(ctx context.Context) (Started, error)

	// Stop sends the stop signal of the image, SIGTERM unless it says
	// otherwise, and kills the container after grace. It returns when
	// the container has stopped; the [Exited] event may come later.
	// Stopping a container that isn't running does nothing.
	Stop(ctx context.Context, grace time.Duration) error

	// Stats is one sample of the engine's statistics as the Docker API
	// words it.
	Stats(ctx context.Context) (json.RawMessage, error)
}

// Executor is implemented by containers that can run a further command.
type Executor interface {
	// Exec runs argv in the container and returns its exit code.
	Exec(ctx context.Context, argv []string, out io.Writer) (exitCode int, err error)
}

// Image is what a reference resolved to.
type Image struct {
	ID     string // local identifier, sha256:…
	Digest string // repository digest, sha256:…; the ID where the image has no repository
}

// RegistryAuth is a login to a private registry.
type RegistryAuth struct{ Username, Password string }

// Started tells how a container came up.
type Started struct {
	At       time.Time
	Bindings []Binding // the host ports that the engine really bound
}

// Binding is a published port.
type Binding struct {
	HostIP        string
	HostPort      int
	ContainerPort int
	Protocol      string // tcp or udp
}

// Network is a task's elastic network interface.
type Network struct {
	IP, MAC string
	Gateway string
	Subnet  string // CIDR block
	DNS     []string
	// Bindings are how the task's ports are reached where its IP can't
	// be routed to, by container port.
	Bindings []Binding
}

// EventKind says what happened to a container.
type EventKind int

// The kinds of events.
const (
	Exited   EventKind = iota + 1 // the main process ended; comes after its last line
	Health                        // the health check changed its mind
	Vanished                      // the container or its engine went away; its exit code is not known
)

// Event is something that happened to a started container.
type Event struct {
	Kind EventKind
	At   time.Time

	ExitCode  int    // of Exited; of Health: of the check
	OOMKilled bool   // of Exited: the kernel ended it for its memory use
	Healthy   bool   // of Health
	Output    string // of Health: what the check printed last
	Reason    string // of Vanished: what the engine said
}

// Stream names where a line was written.
type Stream string

// The streams of a container.
const (
	Stdout Stream = "stdout"
	Stderr Stream = "stderr"
)

// Line is one line of a container's output, without its line feed.
type Line struct {
	Time   time.Time // as the engine noted it
	Stream Stream
	Text   string
}
