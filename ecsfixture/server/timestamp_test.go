package server_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

// since are seconds from a task's creation to its other times, -1 where one
// is not set: pullStartedAt, pullStoppedAt, startedAt, stoppingAt,
// executionStoppedAt, stoppedAt.
func since(task types.Task) (out [6]int) {
	for i, at := range []*time.Time{
		task.PullStartedAt, task.PullStoppedAt, task.StartedAt, task.StoppingAt, task.ExecutionStoppedAt, task.StoppedAt,
	} {
		out[i] = -1
		if at != nil {
			out[i] = int(at.Sub(*task.CreatedAt).Seconds())
		}
	}
	return out
}

// TestTimes of tasks whose images take 2 seconds to pull.
func TestTimes(t *testing.T) {
	slow := func(image string, steps ...simulated.Step) simulated.Option {
		return simulated.On(simulated.Image(image), append([]simulated.Step{simulated.SlowPull(2 * time.Second)}, steps...)...)
	}
	for name, c := range map[string]struct {
		app, log simulated.Option
		stop     time.Duration // when it is stopped, 0 for never
		want     [6]int
	}{
		"a pull that fails":                 {slow("app", simulated.FailPull("no")), slow("log"), 0, [6]int{0, 2, -1, 2, 2, 2}},
		"the last pull fails":               {slow("app"), simulated.On(simulated.Image("log"), simulated.SlowPull(3*time.Second), simulated.FailPull("no")), 5 * time.Second, [6]int{0, 3, 3, 5, 5, 5}},
		"stopped during the pull":           {slow("app"), slow("log"), time.Second, [6]int{0, 1, -1, 1, 1, 1}},
		"stopped before the launch":         {slow("app", simulated.SlowCreate(time.Minute)), slow("log"), 3 * time.Second, [6]int{0, 2, -1, 3, 3, 3}},
		"another container takes 30 s more": {slow("app", simulated.RunFor(time.Minute)), slow("log", simulated.IgnoreTerm()), 0, [6]int{0, 2, 2, 62, 62, 92}},
		"an exit before RUNNING":            {slow("app", simulated.RunFor(time.Second)), slow("log", simulated.SlowStart(time.Minute)), 0, [6]int{0, 2, -1, 3, 3, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				arn := w.run(types.NetworkModeBridge, container("app"), container("log", sidecar))
				if c.stop > 0 {
					time.Sleep(c.stop)
					w.stop(arn, "")
				}
				assert.Equal(t, c.want, since(w.until(arn, "STOPPED")), "%v", w.Timeline(arn))
			}, c.app, c.log)
		})
	}
}

// TestNothingWasPulled: a task that is stopped before has no times but these.
func TestNothingWasPulled(t *testing.T) {
	inWorld(t, func(w *world) {
		arn := w.run(types.NetworkModeAwsvpc, container("app", func(d *types.ContainerDefinition) {
			d.Secrets = []types.Secret{{Name: aws.String("KEY"), ValueFrom: aws.String("missing")}}
		}))
		assert.Equal(t, [6]int{-1, -1, -1, 0, -1, 0}, since(w.until(arn, "STOPPED")))
	})
}
