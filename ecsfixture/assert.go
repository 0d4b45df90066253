package ecsfixture

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// AssertStopped waits until a task is STOPPED and fails the test, with the
// task's story, unless it stopped with the stop code.
func (fx *Fixture) AssertStopped(t testing.TB, taskARN string, code types.TaskStopCode) bool {
	t.Helper()
	task := fx.WaitTaskStopped(t, taskARN)
	if task.StopCode == code {
		return true
	}
	t.Errorf("ecsfixture: the task's stop code is %s, not %s\n%s", task.StopCode, code, fx.Story(taskARN))
	return false
}

// AssertExitCode waits until a task is STOPPED and fails the test, with the
// task's story, unless the container exited with the code.
func (fx *Fixture) AssertExitCode(t testing.TB, taskARN, container string, code int) bool {
	t.Helper()
	task := fx.WaitTaskStopped(t, taskARN)
	wrong := exitsWrong(task, container, code)
	if wrong == "" {
		return true
	}
	t.Errorf("ecsfixture: %s\n%s", wrong, fx.Story(taskARN))
	return false
}

// exitsWrong says how a container of a stopped task ended that should have
// exited with a code; it is empty if it did.
func exitsWrong(task types.Task, container string, code int) string {
	var names []string
	for _, c := range task.Containers {
		switch {
		case *c.Name != container:
			names = append(names, *c.Name)
		case c.ExitCode == nil:
			return fmt.Sprintf("container %s has no exit code, which should be %d", container, code)
		case int(*c.ExitCode) != code:
			return fmt.Sprintf("container %s exited with code %d, not %d", container, *c.ExitCode, code)
		default:
			return ""
		}
	}
	return fmt.Sprintf("the task has no container %q, it has %s", container, strings.Join(names, ", "))
}
