package runtime

import (
	"errors"
	"fmt"
)

// ErrorName is a named error of the ECS agent, the first word of a
// container's reason.
type ErrorName string

// The errors that a runtime reports, as in the ECS agent's dockerapi and
// taskresource packages.
const (
	CannotPullContainer    ErrorName = "CannotPullContainerError"
	CannotCreateContainer  ErrorName = "CannotCreateContainerError"
	CannotStartContainer   ErrorName = "CannotStartContainerError"
	CannotStopContainer    ErrorName = "CannotStopContainerError"
	CannotCreateVolume     ErrorName = "CannotCreateVolumeError"
	InvalidVolume          ErrorName = "InvalidVolumeError"
	HostConfig             ErrorName = "HostConfigError"
	DockerTimeout          ErrorName = "DockerTimeoutError"
	ContainerVanished      ErrorName = "ContainerVanishedError"
	ContainerNetworking    ErrorName = "ContainerNetworkingError"
	ResourceInitialization ErrorName = "ResourceInitializationError"
	OutOfMemory            ErrorName = "OutOfMemoryError"
	TaskDependency         ErrorName = "TaskDependencyError"
)

// Error is a failure that ECS has a name for. Its text is the reason that
// ECS shows: the name, a colon, the cause.
type Error struct {
	Name ErrorName
	Err  error
}

// Errorf returns an [Error] with the formatted cause.
func Errorf(name ErrorName, format string, args ...any) *Error {
	return &Error{Name: name, Err: fmt.Errorf(format, args...)}
}

func (e *Error) Error() string { return string(e.Name) + ": " + e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

// Named gives err a name unless it has one already.
func Named(name ErrorName, err error) error {
	var e *Error
	if err == nil || errors.As(err, &e) {
		return err
	}
	return &Error{Name: name, Err: err}
}
