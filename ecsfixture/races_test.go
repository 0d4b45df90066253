package ecsfixture_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/docker"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

// obstacle stands before a step of a runtime. It returns the context for the
// step, or why it fails.
type obstacle func(context.Context) (context.Context, error)

// broken fails at once.
func broken(ctx context.Context) (context.Context, error) { return ctx, errors.New("broken") }

// hanging waits for as long as it may.
func hanging(ctx context.Context) (context.Context, error) {
	<-ctx.Done()
	return ctx, ctx.Err()
}

// delay is how late the late obstacle is.
const delay = 10 * time.Second

// late succeeds after a while, whether somebody waits for it or not.
func late(ctx context.Context) (context.Context, error) {
	time.Sleep(delay) // virtual
	return context.WithoutCancel(ctx), nil
}

// deafTo doesn't even notice that nobody waits any more, until release is
// closed.
func deafTo(release <-chan struct{}) obstacle {
	return func(ctx context.Context) (context.Context, error) {
		<-release
		return ctx, ctx.Err()
	}
}

// obstructed is a runtime with an obstacle before one of its steps.
type obstructed struct {
	runtime.Runtime
	step simulated.Operation
	way  obstacle
}

func (o *obstructed) pass(ctx context.Context, step simulated.Operation) (context.Context, error) {
	if step != o.step {
		return ctx, nil
	}
	return o.way(ctx)
}

func (o *obstructed) Pull(ctx context.Context, ref string, auth *runtime.RegistryAuth) (runtime.Image, error) {
	ctx, err := o.pass(ctx, simulated.Pull)
	if err != nil {
		return runtime.Image{}, err
	}
	return o.Runtime.Pull(ctx, ref, auth)
}

func (o *obstructed) NewTask(ctx context.Context, spec runtime.TaskSpec) (runtime.Task, error) {
	ctx, err := o.pass(ctx, simulated.NewTask)
	if err != nil {
		return nil, err
	}
	task, err := o.Runtime.NewTask(ctx, spec)
	if err != nil {
		return nil, err
	}
	return &obstructedTask{task, o}, nil
}

type obstructedTask struct {
	runtime.Task
	*obstructed
}

func (t *obstructedTask) Create(ctx context.Context, spec runtime.ContainerSpec) (runtime.Container, error) {
	ctx, err := t.pass(ctx, simulated.Create)
	if err != nil {
		return nil, err
	}
	c, err := t.Task.Create(ctx, spec)
	if err != nil {
		return nil, err
	}
	return &obstructedContainer{c, t.obstructed}, nil
}

func (t *obstructedTask) Close(ctx context.Context) error {
	ctx, err := t.pass(ctx, simulated.Close)
	if err != nil {
		return err
	}
	return t.Task.Close(ctx)
}

type obstructedContainer struct {
	runtime.Container
	*obstructed
}

func (c *obstructedContainer) Start(ctx context.Context) (runtime.Started, error) {
	ctx, err := c.pass(ctx, simulated.Start)
	if err != nil {
		return runtime.Started{}, err
	}
	return c.Container.Start(ctx)
}

func (c *obstructedContainer) Stop(ctx context.Context, grace time.Duration) error {
	ctx, err := c.pass(ctx, simulated.Stop)
	if err != nil {
		return err
	}
	return c.Container.Stop(ctx, grace)
}

// course is a task in a fixture with an obstacle, in a bubble.
type course struct {
	*testing.T
	fx  *ecsfixture.Fixture
	arn string
	log *messages
}

// onCourse starts a task whose runtime has an obstacle. What f leaves of the
// fixture is closed, and nothing may be left then.
func onCourse(t *testing.T, step simulated.Operation, way obstacle, f func(*course)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		rt, log := simulated.New(), new(messages)
		fx, err := ecsfixture.New(t.Context(), ecsfixture.WithTimeout(24*time.Hour),
			ecsfixture.WithRuntime(&obstructed{rt, step, way}), ecsfixture.WithLogger(slog.New(slog.NewTextHandler(log, nil))))
		require.NoError(t, err)
		app := types.ContainerDefinition{Name: aws.String("app"), Image: aws.String("app"), Memory: aws.Int32(64)}
		arn := run(t, fx, registerWith(t, fx, inMode(types.NetworkModeAwsvpc), app), func(in *ecs.RunTaskInput) { in.NetworkConfiguration = inSubnet() })
		synctest.Wait() // until it stands before the obstacle
		f(&course{t, fx, arn, log})
		_ = fx.Close(context.Background())
		synctest.Wait()
		assert.Empty(t, rt.Left())
	})
}

func (c *course) stop() {
	c.Helper()
	_, err := c.fx.ECS.StopTask(c.Context(), &ecs.StopTaskInput{Task: aws.String(c.arn), Reason: aws.String("enough")})
	require.NoError(c, err)
}

// ends waits for the task's end.
func (c *course) ends(code types.TaskStopCode) types.Task {
	c.Helper()
	task := c.fx.WaitTaskStopped(c, c.arn)
	assert.Equal(c, code, task.StopCode, c.fx.Story(c.arn))
	return task
}

// reasons are those of the task and of its container.
func reasons(task types.Task) string {
	return aws.ToString(task.StoppedReason) + "; " + aws.ToString(task.Containers[0].Reason)
}

var launchSteps = []simulated.Operation{simulated.Pull, simulated.NewTask, simulated.Create, simulated.Start}

// TestStepsThatFail at once, or take longer than the agent waits for them.
func TestStepsThatFail(t *testing.T) {
	for step, want := range map[simulated.Operation]struct{ name, timeout string }{
		simulated.Pull:    {"CannotPullContainerError: broken", "DockerTimeoutError: Could not transition to pulled; timed out after waiting 2h0m0s"},
		simulated.NewTask: {"ResourceInitializationError: broken", "DockerTimeoutError: Could not transition to prepared; timed out after waiting 4m0s"},
		simulated.Create:  {"CannotCreateContainerError: broken", "DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s"},
		simulated.Start:   {"CannotStartContainerError: broken", "DockerTimeoutError: Could not transition to started; timed out after waiting 3m0s"},
	} {
		t.Run(string(step), func(t *testing.T) {
			onCourse(t, step, broken, func(c *course) {
				assert.Contains(t, reasons(c.ends(types.TaskStopCodeTaskFailedToStart)), want.name)
			})
			onCourse(t, step, hanging, func(c *course) {
				assert.Contains(t, reasons(c.ends(types.TaskStopCodeTaskFailedToStart)), want.timeout)
			})
		})
	}
}

// TestStopsThatFail end the task nevertheless, with what is known.
func TestStopsThatFail(t *testing.T) {
	for name, c := range map[string]struct {
		way    obstacle
		reason string
		after  time.Duration
	}{
		"broken":  {broken, "CannotStopContainerError: broken", 0},
		"hanging": {hanging, "DockerTimeoutError: Could not transition to stopped; timed out after waiting 2m30s", 150 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			onCourse(t, simulated.Stop, c.way, func(run *course) {
				run.stop()
				began := time.Now()
				task := run.ends(types.TaskStopCodeUserInitiated)
				assert.Equal(t, "enough; "+c.reason, reasons(task))
				assert.Nil(t, task.Containers[0].ExitCode)
				assert.Equal(t, c.after, time.Since(began))
			})
		})
	}
	onCourse(t, simulated.Stop, late, func(c *course) {
		c.stop()
		assert.Equal(t, int32(143), *c.ends(types.TaskStopCodeUserInitiated).Containers[0].ExitCode)
	})
}

// TestRemovalsThatFail are told to the fixture's log, and tried again when it
// is closed.
func TestRemovalsThatFail(t *testing.T) {
	for name, way := range map[string]obstacle{"broken": broken, "hanging": hanging, "late": late} {
		t.Run(name, func(t *testing.T) {
			onCourse(t, simulated.Close, way, func(c *course) {
				c.stop()
				c.ends(types.TaskStopCodeUserInitiated)
				if name != "late" {
					assert.Contains(t, c.log.String(), "a task left something behind")
				}
			})
		})
	}
}

// TestStopDuringEachStep ends with the caller's reason, be it that the step
// comes to nothing or that it succeeds when nobody waits for it any more.
func TestStopDuringEachStep(t *testing.T) {
	for _, step := range launchSteps {
		for name, way := range map[string]obstacle{"hanging": hanging, "late": late} {
			t.Run(string(step)+" "+name, func(t *testing.T) {
				onCourse(t, step, way, func(c *course) {
					c.stop()
					began := time.Now()
					assert.Equal(t, "enough; ", reasons(c.ends(types.TaskStopCodeUserInitiated)))
					assert.LessOrEqual(t, time.Since(began), delay)
				})
			})
		}
	}
	onCourse(t, simulated.Start, late, func(c *course) { assert.Equal(t, "RUNNING", *c.fx.WaitTaskRunning(c, c.arn).LastStatus) })
}

// TestDeleteClusterDuringEachStep is refused until the task has stopped.
func TestDeleteClusterDuringEachStep(t *testing.T) {
	for _, step := range launchSteps {
		t.Run(string(step), func(t *testing.T) {
			onCourse(t, step, hanging, func(c *course) {
				in := &ecs.DeleteClusterInput{Cluster: aws.String("default")}
				_, err := c.fx.ECS.DeleteCluster(c.Context(), in)
				var tasks *types.ClusterContainsTasksException
				require.ErrorAs(t, err, &tasks)
				c.stop()
				c.ends(types.TaskStopCodeUserInitiated)
				out, err := c.fx.ECS.DeleteCluster(c.Context(), in)
				require.NoError(t, err)
				assert.Equal(t, "INACTIVE", *out.Cluster.Status)
			})
		})
	}
}

// TestCloseDuringEachStep returns when all is gone, or says what hangs when
// its time is up.
func TestCloseDuringEachStep(t *testing.T) {
	bounded := func(c *course) (time.Duration, error) {
		began := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		err := c.fx.Close(ctx)
		return time.Since(began), err
	}
	for _, step := range launchSteps {
		for name, way := range map[string]obstacle{"hanging": hanging, "late": late} {
			t.Run(string(step)+" "+name, func(t *testing.T) {
				onCourse(t, step, way, func(c *course) {
					took, err := bounded(c)
					assert.NoError(t, err)
					assert.LessOrEqual(t, took, delay)
				})
			})
		}
	}
	for _, step := range append(launchSteps, simulated.Close) {
		t.Run(string(step)+" deaf", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				release := make(chan struct{})
				rt := simulated.New()
				fx, err := ecsfixture.New(t.Context(), ecsfixture.WithRuntime(&obstructed{rt, step, deafTo(release)}))
				require.NoError(t, err)
				arn := run(t, fx, registerImage(t, fx, "app"))
				synctest.Wait()
				took, err := bounded(&course{t, fx, arn, nil})
				require.Error(t, err)
				assert.ErrorIs(t, err, context.DeadlineExceeded)
				assert.Contains(t, err.Error(), arn[len(arn)-32:], "it says which task hangs")
				assert.Equal(t, time.Minute, took)
				close(release)
				synctest.Wait()
				assert.Empty(t, rt.Left())
			})
		})
	}
}

// TestStopsAtRandomMoments stops real tasks at moments of their launch.
func TestStopsAtRandomMoments(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	tds := map[types.NetworkMode]string{
		types.NetworkModeBridge: register(t, fx, sh(t, "app", forever), sh(t, "late", forever, sidecar, dependsOn("app", types.ContainerConditionStart))),
		types.NetworkModeAwsvpc: registerWith(t, fx, inMode(types.NetworkModeAwsvpc), sh(t, "app", forever)),
	}
	var arns []string
	for range 4 {
		for mode, td := range tds {
			arn := run(t, fx, td, func(in *ecs.RunTaskInput) {
				if mode == types.NetworkModeAwsvpc {
					in.NetworkConfiguration = inSubnet()
				}
			})
			time.Sleep(rand.N(time.Second)) // the moment is random: there is no event to wait for
			_, err := fx.ECS.StopTask(t.Context(), &ecs.StopTaskInput{Task: aws.String(arn), Reason: aws.String("now")})
			require.NoError(t, err)
			arns = append(arns, arn)
		}
	}
	for _, arn := range arns {
		task := fx.WaitTaskStopped(t, arn)
		assert.Equal(t, types.TaskStopCodeUserInitiated, task.StopCode, fx.Story(arn))
		assert.Equal(t, "now", *task.StoppedReason)
		for _, c := range task.Containers {
			assert.Nil(t, c.Reason, fx.Story(arn))
			assert.Equal(t, "STOPPED", *c.LastStatus)
		}
	}
}

// TestClosesAtRandomMoments closes fixtures with real tasks in all states.
func TestClosesAtRandomMoments(t *testing.T) {
	t.Parallel()
	for i := range 4 {
		session := fmt.Sprint("ecsfixture-close-at-random-", i)
		fx, err := ecsfixture.New(t.Context(), ecsfixture.WithDocker(docker.WithSession(session)))
		require.NoError(t, err)
		td := registerWith(t, fx, func(in *ecs.RegisterTaskDefinitionInput) {
			inMode(types.NetworkModeAwsvpc)(in)
			withVolumes(dockerVolume("scratch", types.ScopeTask, false))(in)
		}, sh(t, "app", forever, mounting("scratch")))
		run(t, fx, td, func(in *ecs.RunTaskInput) { in.Count, in.NetworkConfiguration = aws.Int32(3), inSubnet() })
		time.Sleep(rand.N(2 * time.Second)) // as above
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		require.NoError(t, fx.Close(ctx))
		cancel()
		assert.Empty(t, labelled(t, session))
	}
}
