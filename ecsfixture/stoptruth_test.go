package ecsfixture_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/moby/moby/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/testimage"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/docker"
)

func dependsOn(name string, c types.ContainerCondition) func(*types.ContainerDefinition) {
	return func(d *types.ContainerDefinition) {
		d.DependsOn = append(d.DependsOn, types.ContainerDependency{ContainerName: aws.String(name), Condition: c})
	}
}

// TestExitCodes are those of the processes: of one that is killed by a signal
// 128 and the signal's number.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	app := sh(t, "app", "exit 0")
	var containers []types.ContainerDefinition
	want := map[string]int32{"ok": 0, "fails": 1, "high": 255, "killed": 137, "segfault": 139, "terminated": 143}
	scripts := map[string]string{
		"ok": "exit 0", "fails": "exit 1", "high": "exit 255",
		"killed": "kill -KILL $$", "segfault": "kill -SEGV $$", "terminated": "kill -TERM $$",
	}
	for name, script := range scripts {
		// A process 1 is deaf to signals that it has no handler for.
		containers = append(containers, sh(t, name, script, sidecar, func(d *types.ContainerDefinition) {
			d.LinuxParameters = &types.LinuxParameters{InitProcessEnabled: aws.Bool(true)}
		}))
		dependsOn(name, types.ContainerConditionComplete)(&app)
	}
	arn := run(t, fx, register(t, fx, append(containers, app)...))
	task := fx.WaitTaskStopped(t, arn)
	got := map[string]int32{}
	for _, c := range task.Containers {
		require.NotNil(t, c.ExitCode, fx.Story(arn))
		assert.Nil(t, c.Reason, *c.Name)
		got[*c.Name] = *c.ExitCode
	}
	want["app"] = 0
	assert.Equal(t, want, got)
	assert.Equal(t, types.TaskStopCodeEssentialContainerExited, task.StopCode)
	assert.Equal(t, "Essential container in task exited", *task.StoppedReason)
}

// TestFailuresToStart has each step of a launch fail, as the agent of a
// container instance and as Fargate word it.
func TestFailuresToStart(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	const generic = "^Task failed to start$"
	healthy := func(d *types.ContainerDefinition) {
		d.HealthCheck = &types.HealthCheck{Command: []string{"CMD", "false"}, Interval: aws.Int32(300)}
		d.StartTimeout = aws.Int32(2)
		d.Memory = nil
	}
	for name, c := range map[string]struct {
		containers []types.ContainerDefinition
		reason     string // of the container app, and of the task on Fargate
		whole      bool   // the task has it on EC2 as well, the container never
	}{
		"pull": {[]types.ContainerDefinition{sh(t, "app", "", of("127.0.0.1:1/none:1"))},
			`^CannotPullContainerError: Error response from daemon: .*connection refused`, false},
		"start": {[]types.ContainerDefinition{sh(t, "app", "", func(d *types.ContainerDefinition) { d.EntryPoint = []string{"/no/such/program"} })},
			`^CannotStartContainerError: Error response from daemon: .*/no/such/program.*no such file or directory`, false},
		"secret": {[]types.ContainerDefinition{sh(t, "app", "", withSecret("S", "arn:aws:secretsmanager:us-east-1:000000000000:secret:none"))},
			`^ResourceInitializationError: .*ResourceNotFoundException`, true},
		"dependency that fails": {[]types.ContainerDefinition{
			sh(t, "app", "", dependsOn("init", types.ContainerConditionSuccess)), sh(t, "init", "exit 4", sidecar)},
			`^CannotStartContainerError: dependency graph: .*\[init\(.*- Exit: 4\] for target \[app\(.* as dependency did not exit successfully\.$`, false},
		"dependency that takes too long": {[]types.ContainerDefinition{
			sh(t, "app", "", dependsOn("db", types.ContainerConditionHealthy)), sh(t, "db", forever, sidecar, healthy)},
			`^CannotStartContainerError: dependency graph: .*\[db\(.* for target \[app\(.* has timed out\.$`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			td := registerWith(t, fx, onFargate, c.containers...)
			for launch, taskReason := range map[types.LaunchType]string{types.LaunchTypeEc2: generic, types.LaunchTypeFargate: c.reason} {
				arn := run(t, fx, td, func(in *ecs.RunTaskInput) { in.LaunchType, in.NetworkConfiguration = launch, inSubnet() })
				task := fx.WaitTaskStopped(t, arn)
				assert.Equal(t, types.TaskStopCodeTaskFailedToStart, task.StopCode, fx.Story(arn))
				assert.Nil(t, task.StartedAt, fx.Story(arn))
				if c.whole {
					taskReason = c.reason
				}
				assert.Regexp(t, taskReason, *task.StoppedReason)
				if app := named(task, "app"); !c.whole {
					require.NotNil(t, app.Reason, fx.Story(arn))
					assert.Regexp(t, c.reason, *app.Reason)
				}
			}
		})
	}
}

func named(task types.Task, name string) types.Container {
	for _, c := range task.Containers {
		if *c.Name == name {
			return c
		}
	}
	return types.Container{}
}

// TestStopKeepsItsReason although the containers exit with codes of their own
// meanwhile, one of them before it is asked to.
func TestStopKeepsItsReason(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	td := register(t, fx,
		sh(t, "app", `trap 'exit 7' TERM; echo up; while :; do sleep 0.05; done`, dependsOn("db", types.ContainerConditionStart)),
		sh(t, "db", `trap 'exit 8' TERM; echo up; while :; do sleep 0.05; done`))
	arn := run(t, fx, td)
	for _, c := range []string{"app", "db"} {
		fx.Logs.WaitFor(t, logs.Task(arn), logs.Container(c), logs.Contains("up"))
	}
	_, err := fx.ECS.StopTask(t.Context(), &ecs.StopTaskInput{Task: aws.String(arn), Reason: aws.String("new version")})
	require.NoError(t, err)
	_, err = fx.ECS.StopTask(t.Context(), &ecs.StopTaskInput{Task: aws.String(arn), Reason: aws.String("and again")})
	require.NoError(t, err)
	task := fx.WaitTaskStopped(t, arn)
	assert.Equal(t, types.TaskStopCodeUserInitiated, task.StopCode)
	assert.Equal(t, "new version", *task.StoppedReason)
	assert.Equal(t, []int32{7, 8}, []int32{*named(task, "app").ExitCode, *named(task, "db").ExitCode}, fx.Story(arn))
}

// TestSchedulerStopsTasks has a service scale in.
func TestSchedulerStopsTasks(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	created, err := fx.ECS.CreateService(t.Context(), &ecs.CreateServiceInput{
		ServiceName: aws.String("web"), TaskDefinition: aws.String(register(t, fx, sh(t, "app", forever))), DesiredCount: aws.Int32(1),
	})
	require.NoError(t, err)
	require.NoError(t, ecs.NewServicesStableWaiter(fx.ECS).Wait(t.Context(), &ecs.DescribeServicesInput{Services: []string{"web"}}, patience))
	list, err := fx.ECS.ListTasks(t.Context(), &ecs.ListTasksInput{ServiceName: aws.String("web")})
	require.NoError(t, err)
	require.Len(t, list.TaskArns, 1)
	_, err = fx.ECS.UpdateService(t.Context(), &ecs.UpdateServiceInput{Service: aws.String("web"), DesiredCount: aws.Int32(0)})
	require.NoError(t, err)
	task := fx.WaitTaskStopped(t, list.TaskArns[0])
	assert.Equal(t, types.TaskStopCodeServiceSchedulerInitiated, task.StopCode)
	assert.Equal(t, fmt.Sprintf("Scaling activity initiated by (deployment %s)", *created.Service.Deployments[0].Id), *task.StoppedReason)
	assert.Equal(t, int32(0), *task.Containers[0].ExitCode)
}

// TestNonEssentialContainersMayFail out of memory, and their task goes on.
func TestNonEssentialContainersMayFail(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	arn := run(t, fx, register(t, fx, sh(t, "app", forever), sh(t, "greedy", "exec tail /dev/zero", sidecar, func(d *types.ContainerDefinition) {
		d.Memory = aws.Int32(16)
		d.LinuxParameters = &types.LinuxParameters{MaxSwap: aws.Int32(0)}
	})))
	task, err := fx.AwaitTask(t.Context(), arn, func(task types.Task) bool { return named(task, "greedy").ExitCode != nil })
	require.NoError(t, err)
	assert.Equal(t, int32(137), *named(task, "greedy").ExitCode)
	assert.Equal(t, "OutOfMemoryError: Container killed due to memory usage", aws.ToString(named(task, "greedy").Reason))
	assert.Equal(t, "RUNNING", *task.DesiredStatus)
	assert.Equal(t, "RUNNING", *fx.WaitTaskRunning(t, arn).LastStatus)
}

// engine is a client of the engine, beside the fixture.
func engine(t *testing.T) *client.Client {
	t.Helper()
	cli, err := client.New(client.FromEnv)
	require.NoError(t, err)
	t.Cleanup(func() { _ = cli.Close() })
	return cli
}

// soon is a second, for a machine that isn't busy.
const soon = 5 * time.Second

// TestContainersKilledAndRemovedBehindOurBack shows what somebody else did to
// containers.
func TestContainersKilledAndRemovedBehindOurBack(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	cli := engine(t)
	arn := run(t, fx, register(t, fx, sh(t, "app", forever), sh(t, "killed", forever, sidecar), sh(t, "removed", forever, sidecar)))
	task := fx.WaitTaskRunning(t, arn)
	becomes := func(name string) types.Container {
		began := time.Now()
		task, err := fx.AwaitTask(t.Context(), arn, func(task types.Task) bool { return *named(task, name).LastStatus == "STOPPED" })
		require.NoError(t, err)
		assert.Less(t, time.Since(began), soon)
		t.Log(name, "is STOPPED after", time.Since(began).Round(time.Millisecond))
		return named(task, name)
	}

	_, err := cli.ContainerKill(t.Context(), *named(task, "killed").RuntimeId, client.ContainerKillOptions{Signal: "KILL"})
	require.NoError(t, err)
	c := becomes("killed")
	assert.Equal(t, int32(137), *c.ExitCode)
	assert.Nil(t, c.Reason)

	const vanished = "ContainerVanishedError: the container was removed behind the runtime's back"
	remove := func(name string) {
		_, err := cli.ContainerRemove(t.Context(), *named(task, name).RuntimeId, client.ContainerRemoveOptions{Force: true})
		require.NoError(t, err)
	}
	remove("removed")
	c = becomes("removed")
	assert.Nil(t, c.ExitCode)
	assert.Equal(t, vanished, aws.ToString(c.Reason))
	now, err := fx.AwaitTask(t.Context(), arn, func(types.Task) bool { return true })
	require.NoError(t, err)
	assert.Equal(t, "RUNNING", *now.LastStatus, "neither was essential")

	remove("app")
	assert.Equal(t, vanished, aws.ToString(becomes("app").Reason))
	task = fx.WaitTaskStopped(t, arn)
	assert.Equal(t, types.TaskStopCodeEssentialContainerExited, task.StopCode, "it was RUNNING")
	assert.Equal(t, "Essential container in task exited", *task.StoppedReason)
}

// The variables that make the test binary a child with an engine of its own.
const (
	engineChild = "ECSFIXTURE_ENGINE_CHILD" // the socket of the engine
	engineImage = "ECSFIXTURE_ENGINE_IMAGE"
)

// TestEngineThatGoesAway has a process of its own, because a process looks for
// its engine once.
func TestEngineThatGoesAway(t *testing.T) {
	socket, ok := strings.CutPrefix(engine(t).DaemonHost(), "unix://")
	if !ok {
		t.Skip("the engine has no socket to stand before")
	}
	way := filepath.Join(t.TempDir(), "s")
	cmd := exec.Command(os.Args[0], "-test.run=^TestEngineChild$", "-test.v")
	cmd.Env = append(os.Environ(), engineChild+"="+socket, engineImage+"="+testimage.Busybox(t), "DOCKER_HOST=unix://"+way, "TESTCONTAINERS_RYUK_DISABLED=true")
	output, err := cmd.CombinedOutput()
	require.NoError(t, err, string(output))
	require.Contains(t, string(output), "--- PASS: TestEngineChild")
	t.Log(string(output))
}

// TestEngineChild loses its engine with tasks in all states.
func TestEngineChild(t *testing.T) {
	if os.Getenv(engineChild) == "" {
		return // it is a part of the test above
	}
	const session = "ecsfixture-engine-test"
	way := newWay(t, os.Getenv(engineChild), strings.TrimPrefix(os.Getenv("DOCKER_HOST"), "unix://"))
	log := new(messages)
	fx, err := ecsfixture.New(t.Context(), ecsfixture.WithDocker(docker.WithSession(session)), ecsfixture.WithLogger(slog.New(slog.NewTextHandler(log, nil))))
	require.NoError(t, err)
	app := types.ContainerDefinition{Name: aws.String("app"), Image: aws.String(os.Getenv(engineImage)), Memory: aws.Int32(64), Command: []string{"sh", "-c", forever}}
	bridge := register(t, fx, app)
	awsvpc := registerWith(t, fx, inMode(types.NetworkModeAwsvpc), app)
	arns := []string{run(t, fx, bridge), run(t, fx, awsvpc, func(in *ecs.RunTaskInput) { in.NetworkConfiguration = inSubnet() })}
	for _, arn := range arns {
		fx.WaitTaskRunning(t, arn)
	}

	began := time.Now()
	way.block()
	for _, arn := range arns {
		task := fx.WaitTaskStopped(t, arn)
		assert.Equal(t, types.TaskStopCodeEssentialContainerExited, task.StopCode, fx.Story(arn))
		assert.Nil(t, task.Containers[0].ExitCode)
		assert.Regexp(t, "^ContainerVanishedError: the Docker engine went away: ", aws.ToString(task.Containers[0].Reason))
	}
	assert.Less(t, time.Since(began), soon)
	t.Log("both tasks are STOPPED after", time.Since(began).Round(time.Millisecond))
	lost := run(t, fx, bridge)
	task := fx.WaitTaskStopped(t, lost)
	assert.Equal(t, types.TaskStopCodeTaskFailedToStart, task.StopCode, fx.Story(lost))
	assert.Regexp(t, "^CannotPullContainerError: ", aws.ToString(task.Containers[0].Reason), fx.Story(lost))
	assert.Contains(t, log.String(), "a task left something behind")

	way.open(t)
	again := run(t, fx, bridge)
	fx.WaitTaskRunning(t, again)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	require.NoError(t, fx.Close(ctx))
	assert.Empty(t, labelled(t, session))
}
