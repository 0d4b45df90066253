package ecsfixture

import (
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
	for _, c := range task.Containers {
		if *c.Name == container && c.ExitCode != nil && int(*c.ExitCode) == code {
			return true
		}
	}
	t.Errorf("ecsfixture: container %s did not exit with code %d\n%s", container, code, fx.Story(taskARN))
	return false
}
