package server_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

// world is a service on the simulated runtime, in a bubble of virtual time.
type world struct {
	*testing.T
	*server.Service
	rt *simulated.Runtime
}

// inWorld runs f in a bubble, with a service whose containers follow the
// scripts.
func inWorld(t *testing.T, f func(w *world), scripts ...simulated.Option) {
	t.Helper()
	inWorldOf(t, server.Config{}, f, scripts...)
}

// inWorldOf is inWorld with more in the service's configuration.
func inWorldOf(t *testing.T, cfg server.Config, f func(w *world), scripts ...simulated.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		rt := simulated.New(scripts...)
		cfg.Account, cfg.Region = "000000000000", "us-east-1"
		cfg.Runtime, cfg.Secrets, cfg.Logs = rt, noSecrets{}, noLogs{}
		w := &world{t, server.New(cfg), rt}
		defer func() {
			assert.NoError(t, w.Service.Close(context.Background()))
			assert.NoError(t, rt.Close(context.Background()))
			assert.Empty(t, rt.Left())
		}()
		f(w)
	})
}

type noSecrets struct{}

func (noSecrets) Resolve(_ context.Context, valueFrom string) (string, error) {
	if strings.HasPrefix(valueFrom, "missing") {
		return "", fmt.Errorf("ResourceInitializationError: unable to pull secrets or registry auth: %s", valueFrom)
	}
	return "value of " + valueFrom, nil
}

func (noSecrets) RegistryAuth(context.Context, string) (string, string, error) { return "", "", nil }

type noLogs struct{}

func (noLogs) Open(server.LogSource) (server.LogWriter, error) { return noLogs{}, nil }
func (noLogs) Done(string)                                     {}
func (noLogs) WriteLine(runtime.Line)                          {}
func (noLogs) Close()                                          {}

// container is a container definition with what is always needed.
func container(name string, change ...func(*types.ContainerDefinition)) types.ContainerDefinition {
	d := types.ContainerDefinition{Name: aws.String(name), Image: aws.String(name), Memory: aws.Int32(64)}
	for _, f := range change {
		f(&d)
	}
	return d
}

func sidecar(d *types.ContainerDefinition) { d.Essential = aws.Bool(false) }

func after(name string, condition types.ContainerCondition) func(*types.ContainerDefinition) {
	return func(d *types.ContainerDefinition) {
		d.DependsOn = append(d.DependsOn, types.ContainerDependency{ContainerName: aws.String(name), Condition: condition})
	}
}

func checked(d *types.ContainerDefinition) {
	d.HealthCheck = &types.HealthCheck{Command: []string{"CMD", "check"}, Interval: aws.Int32(5)}
}

// register registers a task definition in awsvpc or bridge mode.
func (w *world) register(mode types.NetworkMode, containers ...types.ContainerDefinition) string {
	w.Helper()
	out, err := w.RegisterTaskDefinition(w.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("life"), NetworkMode: mode, ContainerDefinitions: containers,
		ExecutionRoleArn: aws.String("arn:aws:iam::000000000000:role/exec"),
	})
	require.NoError(w, err)
	return *out.TaskDefinition.TaskDefinitionArn
}

func (w *world) run(mode types.NetworkMode, containers ...types.ContainerDefinition) string {
	w.Helper()
	in := &ecs.RunTaskInput{TaskDefinition: aws.String(w.register(mode, containers...))}
	if mode == types.NetworkModeAwsvpc {
		in.NetworkConfiguration = &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}}
	}
	out, err := w.RunTask(w.Context(), in)
	require.NoError(w, err)
	return *out.Tasks[0].TaskArn
}

func (w *world) until(arn, status string) types.Task {
	w.Helper()
	task, err := w.AwaitTask(w.Context(), arn, func(t types.Task) bool { return *t.LastStatus == status || *t.LastStatus == "STOPPED" })
	require.NoError(w, err)
	require.Equal(w, status, *task.LastStatus, "%v", w.Timeline(arn))
	return task
}

func (w *world) stop(arn, reason string) {
	w.Helper()
	in := &ecs.StopTaskInput{Task: aws.String(arn)}
	if reason != "" {
		in.Reason = aws.String(reason)
	}
	out, err := w.StopTask(w.Context(), in)
	require.NoError(w, err)
	assert.Equal(w, "STOPPED", *out.Task.DesiredStatus)
}

// statuses are the statuses that a task went through.
func (w *world) statuses(arn string) (list []string) {
	for _, s := range w.Timeline(arn) {
		if s.Status != "" {
			list = append(list, s.Status)
		}
	}
	return list
}

func TestTaskPassesThroughAllStates(t *testing.T) {
	inWorld(t, func(w *world) {
		arn := w.run(types.NetworkModeAwsvpc, container("app"))
		task := w.until(arn, "RUNNING")
		assert.Equal(t, types.ConnectivityConnected, task.Connectivity)
		assert.Equal(t, "ATTACHED", *task.Attachments[0].Status)
		assert.NotEmpty(t, *task.Containers[0].NetworkInterfaces[0].PrivateIpv4Address)
		w.stop(arn, "")
		task = w.until(arn, "STOPPED")
		assert.Equal(t, []string{"PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"}, w.statuses(arn))
		assert.Equal(t, types.TaskStopCodeUserInitiated, task.StopCode)
		assert.Equal(t, "Task stopped by user", *task.StoppedReason)
		assert.Equal(t, int32(143), *task.Containers[0].ExitCode)
		inOrder(t, task.CreatedAt, task.ConnectivityAt, task.PullStartedAt, task.PullStoppedAt, task.StartedAt, task.StoppingAt, task.ExecutionStoppedAt, task.StoppedAt)
	})
}

// inOrder checks that timestamps are set and none is before the one before.
func inOrder(t *testing.T, times ...*time.Time) {
	t.Helper()
	for i, at := range times {
		require.NotNil(t, at, "timestamp %d", i)
		assert.False(t, i > 0 && at.Before(*times[i-1]), "timestamp %d", i)
	}
}

func TestBridgeTaskSkipsTheInterfaceStates(t *testing.T) {
	inWorld(t, func(w *world) {
		arn := w.run(types.NetworkModeBridge, container("app"))
		w.until(arn, "RUNNING")
		w.stop(arn, "enough")
		assert.Equal(t, "enough", *w.until(arn, "STOPPED").StoppedReason)
		assert.Equal(t, []string{"PENDING", "RUNNING", "STOPPING", "STOPPED"}, w.statuses(arn))
	})
}

func TestEssentialExitStopsTheOthers(t *testing.T) {
	inWorld(t, func(w *world) {
		arn := w.run(types.NetworkModeBridge, container("app"), container("log", sidecar))
		task := w.until(arn, "STOPPED")
		assert.Equal(t, types.TaskStopCodeEssentialContainerExited, task.StopCode)
		assert.Equal(t, "Essential container in task exited", *task.StoppedReason)
		assert.Equal(t, int32(3), *task.Containers[0].ExitCode)
		assert.Equal(t, int32(143), *task.Containers[1].ExitCode)
		assert.Nil(t, task.Containers[0].Reason)
	}, simulated.On(simulated.Image("app"), simulated.RunFor(time.Minute), simulated.Exit(3)))
}

func TestTaskThatEndsAtOnceWasRunning(t *testing.T) {
	inWorld(t, func(w *world) {
		arn := w.run(types.NetworkModeBridge, container("app"))
		task := w.until(arn, "STOPPED")
		assert.Equal(t, []string{"PENDING", "RUNNING", "STOPPED"}, w.statuses(arn))
		assert.NotNil(t, task.StartedAt)
		assert.Equal(t, int32(0), *task.Containers[0].ExitCode)
	}, simulated.On(simulated.Image("app"), simulated.Exit(0)))
}

func TestUserReasonIsKeptWhenContainersExitMeanwhile(t *testing.T) {
	inWorld(t, func(w *world) {
		arn := w.run(types.NetworkModeBridge, container("app"))
		w.until(arn, "RUNNING")
		w.stop(arn, "mine")
		live, ok := w.rt.Find(arn, "app")
		require.True(t, ok)
		_ = live.Exit(9)
		task := w.until(arn, "STOPPED")
		assert.Equal(t, types.TaskStopCodeUserInitiated, task.StopCode)
		assert.Equal(t, "mine", *task.StoppedReason)
	}, simulated.On(simulated.Image("app"), simulated.IgnoreTerm()))
}

func TestStopTimeoutIsHonoured(t *testing.T) {
	inWorld(t, func(w *world) {
		arn := w.run(types.NetworkModeBridge, container("app", func(d *types.ContainerDefinition) { d.StopTimeout = aws.Int32(7) }))
		w.until(arn, "RUNNING")
		began := time.Now()
		w.stop(arn, "")
		task := w.until(arn, "STOPPED")
		assert.Equal(t, 7*time.Second, time.Since(began))
		assert.Equal(t, int32(137), *task.Containers[0].ExitCode)
	}, simulated.On(simulated.Image("app"), simulated.IgnoreTerm()))
}

func TestMissingImage(t *testing.T) {
	inWorld(t, func(w *world) {
		arn := w.run(types.NetworkModeBridge, container("app"))
		task := w.until(arn, "STOPPED")
		assert.Equal(t, types.TaskStopCodeTaskFailedToStart, task.StopCode)
		assert.Equal(t, "Task failed to start", *task.StoppedReason)
		assert.Contains(t, *task.Containers[0].Reason, "CannotPullContainerError: ")
		assert.Nil(t, task.Containers[0].ExitCode)
		assert.Nil(t, task.StartedAt)
	}, simulated.Strict())
}

// TestLongReason is cut as the agent does it, between two characters.
func TestLongReason(t *testing.T) {
	inWorld(t, func(w *world) {
		task := w.until(w.run(types.NetworkModeBridge, container("app")), "STOPPED")
		assert.Equal(t, 1023, len(*task.Containers[0].Reason))
		assert.True(t, utf8.ValidString(*task.Containers[0].Reason))
	}, simulated.On(simulated.Image("app"), simulated.FailPull("a"+strings.Repeat("é", 1000))))
}

func TestMissingSecret(t *testing.T) {
	inWorld(t, func(w *world) {
		arn := w.run(types.NetworkModeBridge, container("app", func(d *types.ContainerDefinition) {
			d.Secrets = []types.Secret{{Name: aws.String("KEY"), ValueFrom: aws.String("missing")}}
		}))
		task := w.until(arn, "STOPPED")
		assert.Equal(t, types.TaskStopCodeTaskFailedToStart, task.StopCode)
		assert.Contains(t, *task.StoppedReason, "ResourceInitializationError: unable to pull secrets")
	})
}

func TestOutOfMemory(t *testing.T) {
	inWorld(t, func(w *world) {
		task := w.until(w.run(types.NetworkModeBridge, container("app")), "STOPPED")
		assert.Equal(t, int32(137), *task.Containers[0].ExitCode)
		assert.Equal(t, "OutOfMemoryError: Container killed due to memory usage", *task.Containers[0].Reason)
		assert.Equal(t, types.TaskStopCodeEssentialContainerExited, task.StopCode)
	}, simulated.On(simulated.Image("app"), simulated.RunFor(time.Second), simulated.OutOfMemory()))
}

func TestVanishedContainer(t *testing.T) {
	inWorld(t, func(w *world) {
		arn := w.run(types.NetworkModeBridge, container("app"))
		w.until(arn, "RUNNING")
		live, _ := w.rt.Find(arn, "app")
		require.NoError(t, live.Vanish("removed"))
		task := w.until(arn, "STOPPED")
		assert.Equal(t, types.TaskStopCodeEssentialContainerExited, task.StopCode)
		assert.Contains(t, *task.Containers[0].Reason, "removed")
		assert.Nil(t, task.Containers[0].ExitCode)
	})
}

func TestDependencies(t *testing.T) {
	inWorld(t, func(w *world) {
		arn := w.run(types.NetworkModeBridge,
			container("app", after("init", types.ContainerConditionSuccess), after("db", types.ContainerConditionHealthy)),
			container("init", sidecar), container("db", checked))
		began := time.Now()
		task := w.until(arn, "RUNNING")
		assert.Equal(t, 20*time.Second, time.Since(began), "the database is healthy after 20 s")
		assert.Equal(t, int32(0), *task.Containers[1].ExitCode)
		w.stop(arn, "")
		w.until(arn, "STOPPED")
	}, simulated.On(simulated.Image("init"), simulated.RunFor(10*time.Second)),
		simulated.On(simulated.Image("db"), simulated.HealthyAfter(20*time.Second)))
}

func TestDependencyThatFails(t *testing.T) {
	inWorld(t, func(w *world) {
		task := w.until(w.run(types.NetworkModeBridge,
			container("app", after("init", types.ContainerConditionSuccess)), container("init", sidecar)), "STOPPED")
		assert.Equal(t, types.TaskStopCodeTaskFailedToStart, task.StopCode)
		assert.Equal(t, "Task failed to start", *task.StoppedReason)
		assert.Equal(t, "CannotStartContainerError: dependency graph: failed to resolve container ordering dependency "+
			"[init(init) (STOPPED->RUNNING) - Exit: 2] for target [app(app) (PULLED->RUNNING)] as dependency did not exit successfully.",
			*task.Containers[0].Reason)
		assert.Equal(t, int32(143), *task.Containers[0].ExitCode)
		assert.Equal(t, int32(2), *task.Containers[1].ExitCode)
	}, simulated.On(simulated.Image("init"), simulated.Exit(2)))
}

// TestTaskGoesOnWithout a container that isn't essential and can't start any
// more, and those that wait for it.
func TestTaskGoesOnWithout(t *testing.T) {
	inWorld(t, func(w *world) {
		arn := w.run(types.NetworkModeBridge, container("app"), container("init", sidecar),
			container("one", sidecar, after("init", types.ContainerConditionSuccess)),
			container("two", sidecar, after("one", types.ContainerConditionComplete)))
		task := w.until(arn, "RUNNING")
		for _, c := range task.Containers[2:] {
			assert.Equal(t, []any{"STOPPED", int32(143)}, []any{*c.LastStatus, *c.ExitCode})
			assert.Contains(t, *c.Reason, "CannotStartContainerError: dependency graph: ")
		}
		w.stop(arn, "")
		w.until(arn, "STOPPED")
	}, simulated.On(simulated.Image("init"), simulated.Exit(2)))
}

// TestVolumesOfWhatDoesNotStart are there all the same: a container that only
// holds data needs no program.
func TestVolumesOfWhatDoesNotStart(t *testing.T) {
	inWorld(t, func(w *world) {
		arn := w.run(types.NetworkModeBridge, container("data", sidecar), container("app", func(d *types.ContainerDefinition) {
			d.VolumesFrom = []types.VolumeFrom{{SourceContainer: aws.String("data")}}
		}))
		task := w.until(arn, "RUNNING")
		assert.Equal(t, "CannotStartContainerError: no program", *task.Containers[0].Reason)
		w.stop(arn, "")
		w.until(arn, "STOPPED")
	}, simulated.On(simulated.Image("data"), simulated.FailStart("no program")))
}

// TestFailureDuringAPull ends the task before the other image is there.
func TestFailureDuringAPull(t *testing.T) {
	inWorld(t, func(w *world) {
		arn := w.run(types.NetworkModeBridge, container("app", after("init", types.ContainerConditionStart)), container("init", sidecar))
		task := w.until(arn, "STOPPED")
		assert.Equal(t, [6]int{0, 2, -1, 2, 2, 2}, since(task))
		assert.Contains(t, *task.Containers[0].Reason, "for target [app(app) (NONE->RUNNING)] because dependency will never start")
		assert.Equal(t, int32(143), *task.Containers[0].ExitCode)
	}, simulated.On(simulated.Image("app"), simulated.SlowPull(time.Hour)),
		simulated.On(simulated.Image("init"), simulated.SlowPull(2*time.Second), simulated.FailPull("no")))
}

func TestDependencyThatTakesTooLong(t *testing.T) {
	inWorld(t, func(w *world) {
		began := time.Now()
		task := w.until(w.run(types.NetworkModeBridge,
			container("app", after("db", types.ContainerConditionHealthy)),
			container("db", checked, func(d *types.ContainerDefinition) { d.StartTimeout = aws.Int32(60) })), "STOPPED")
		assert.Equal(t, time.Minute, time.Since(began))
		assert.Equal(t, "CannotStartContainerError: dependency graph: container ordering dependency [db(db) (RUNNING->RUNNING)] "+
			"for target [app(app) (PULLED->RUNNING)] has timed out.", *task.Containers[0].Reason)
	}, simulated.On(simulated.Image("db"), simulated.HealthyAfter(time.Hour)))
}

func TestHealthOfTask(t *testing.T) {
	inWorld(t, func(w *world) {
		arn := w.run(types.NetworkModeBridge, container("app", checked))
		assert.Equal(t, types.HealthStatusUnknown, w.until(arn, "RUNNING").HealthStatus)
		_, err := w.AwaitTask(w.Context(), arn, func(task types.Task) bool { return task.HealthStatus == types.HealthStatusHealthy })
		require.NoError(t, err)
		live, _ := w.rt.Find(arn, "app")
		require.NoError(t, live.SetHealthy(false))
		task, err := w.AwaitTask(w.Context(), arn, func(task types.Task) bool { return task.HealthStatus == types.HealthStatusUnhealthy })
		require.NoError(t, err)
		assert.Equal(t, "RUNNING", *task.LastStatus, "a task of no service goes on")
	})
}

func TestRestartPolicy(t *testing.T) {
	inWorld(t, func(w *world) {
		arn := w.run(types.NetworkModeBridge, container("app", func(d *types.ContainerDefinition) {
			d.RestartPolicy = &types.ContainerRestartPolicy{Enabled: aws.Bool(true), RestartAttemptPeriod: aws.Int32(60)}
		}))
		w.until(arn, "RUNNING")
		live, _ := w.rt.Find(arn, "app")
		time.Sleep(61 * time.Second)
		require.NoError(t, live.Exit(1))
		synctest.Wait()
		assert.True(t, live.Running(), "restarted in place")
		require.NoError(t, live.Exit(1))
		assert.Equal(t, types.TaskStopCodeEssentialContainerExited, w.until(arn, "STOPPED").StopCode, "too soon")
	})
}

func TestStoppedTasksStayForAnHour(t *testing.T) {
	inWorld(t, func(w *world) {
		arn := w.run(types.NetworkModeBridge, container("app"))
		w.until(arn, "STOPPED")
		in := &ecs.DescribeTasksInput{Tasks: []string{arn}}
		time.Sleep(59 * time.Minute)
		out, err := w.DescribeTasks(w.Context(), in)
		require.NoError(t, err)
		assert.Len(t, out.Tasks, 1)
		time.Sleep(2 * time.Minute)
		out, err = w.DescribeTasks(w.Context(), in)
		require.NoError(t, err)
		assert.Equal(t, []types.Failure{{Arn: aws.String(arn), Reason: aws.String("MISSING")}}, out.Failures)
	}, simulated.On(simulated.Image("app"), simulated.Exit(0)))
}

// TestStopAtEachStep stops a task while each step of its launch hangs.
func TestStopAtEachStep(t *testing.T) {
	for _, op := range []simulated.Operation{simulated.Pull, simulated.NewTask, simulated.Create, simulated.Start} {
		t.Run(string(op), func(t *testing.T) {
			hang := simulated.Fault(op, func(ctx context.Context, _ simulated.Call) error {
				<-ctx.Done()
				return ctx.Err()
			})
			inWorld(t, func(w *world) {
				arn := w.run(types.NetworkModeAwsvpc, container("app"), container("log", sidecar))
				synctest.Wait()
				w.stop(arn, "no more")
				task := w.until(arn, "STOPPED")
				assert.Equal(t, types.TaskStopCodeUserInitiated, task.StopCode)
				for _, c := range task.Containers {
					assert.Nil(t, c.ExitCode)
					assert.Nil(t, c.Reason)
				}
			}, hang)
		})
	}
}

// TestFailureAtEachStep fails each step of a launch.
func TestFailureAtEachStep(t *testing.T) {
	for op, name := range map[simulated.Operation]string{
		simulated.Pull:    "CannotPullContainerError: ",
		simulated.NewTask: "ResourceInitializationError: ",
		simulated.Create:  "CannotCreateContainerError: ",
		simulated.Start:   "CannotStartContainerError: ",
	} {
		t.Run(string(op), func(t *testing.T) {
			inWorld(t, func(w *world) {
				task := w.until(w.run(types.NetworkModeAwsvpc, container("app")), "STOPPED")
				assert.Equal(t, types.TaskStopCodeTaskFailedToStart, task.StopCode)
				if reason := task.Containers[0].Reason; reason != nil {
					assert.Contains(t, *reason, name)
				} else {
					assert.Contains(t, *task.StoppedReason, name)
				}
			}, simulated.Fault(op, func(context.Context, simulated.Call) error { return fmt.Errorf("broken") }))
		})
	}
}

// TestStepThatHangs is bounded as the agent bounds it.
func TestStepThatHangs(t *testing.T) {
	inWorld(t, func(w *world) {
		task := w.until(w.run(types.NetworkModeBridge, container("app")), "STOPPED")
		assert.Contains(t, *task.Containers[0].Reason, "DockerTimeoutError: Could not transition to started; timed out after waiting 3m0s")
	}, simulated.Fault(simulated.Start, func(ctx context.Context, _ simulated.Call) error {
		<-ctx.Done()
		return ctx.Err()
	}))
}

// TestCloseStopsAllOfATask: what is told last of it agrees with itself.
func TestCloseStopsAllOfATask(t *testing.T) {
	var last types.Task
	inWorldOf(t, server.Config{TaskChanged: func(task types.Task) { last = task }}, func(w *world) {
		w.until(w.run(types.NetworkModeAwsvpc, container("app")), "RUNNING")
		require.NoError(t, w.Service.Close(w.Context()))
		assert.Equal(t, "STOPPED", *last.LastStatus)
		assert.Equal(t, "STOPPED", *last.Containers[0].LastStatus)
		assert.Equal(t, "DELETED", *last.Attachments[0].Status)
		inOrder(t, last.StartedAt, last.StoppingAt, last.ExecutionStoppedAt, last.StoppedAt)
	})
}

func TestCloseWhileTasksLive(t *testing.T) {
	inWorld(t, func(w *world) {
		td := w.register(types.NetworkModeBridge, container("app"))
		out, err := w.RunTask(w.Context(), &ecs.RunTaskInput{TaskDefinition: aws.String(td), Count: aws.Int32(10)})
		require.NoError(t, err)
		require.Len(t, out.Tasks, 10)
	}, simulated.On(simulated.Image("app"), simulated.IgnoreTerm()))
}
