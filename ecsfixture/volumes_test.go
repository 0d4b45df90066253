package ecsfixture_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/moby/moby/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/docker"
)

// mounting puts volumes at paths of their own names; those that end in :ro
// are read-only.
func mounting(names ...string) func(*types.ContainerDefinition) {
	return func(d *types.ContainerDefinition) {
		for _, name := range names {
			name, ro := strings.CutSuffix(name, ":ro")
			d.MountPoints = append(d.MountPoints, types.MountPoint{
				SourceVolume: aws.String(name), ContainerPath: aws.String("/" + name), ReadOnly: aws.Bool(ro),
			})
		}
	}
}

func withVolumes(list ...types.Volume) func(*ecs.RegisterTaskDefinitionInput) {
	return func(in *ecs.RegisterTaskDefinitionInput) { in.Volumes = list }
}

func dockerVolume(name string, scope types.Scope, autoprovision bool) types.Volume {
	return types.Volume{Name: aws.String(name), DockerVolumeConfiguration: &types.DockerVolumeConfiguration{
		Scope: scope, Autoprovision: aws.Bool(autoprovision), Driver: aws.String("local"),
		Labels: map[string]string{"com.example.volume": name},
	}}
}

// volumeLabels are those of a volume of the engine, if it is there.
func volumeLabels(t *testing.T, name string) (labels map[string]string, there bool) {
	t.Helper()
	cli, err := client.New(client.FromEnv)
	require.NoError(t, err)
	defer cli.Close()
	list, err := cli.VolumeList(t.Context(), client.VolumeListOptions{Filters: client.Filters{}.Add("name", name)})
	require.NoError(t, err)
	for _, v := range list.Items {
		if v.Name == name {
			return v.Labels, true
		}
	}
	return nil, false
}

// TestVolumes has two containers of a task share a directory of the host and
// volumes of its own, with volumesFrom and read-only mounts.
func TestVolumes(t *testing.T) {
	t.Parallel()
	const session = "ecsfixture-volumes-test"
	fx := ecsfixture.Start(t, ecsfixture.WithDocker(docker.WithSession(session)))
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "file"), []byte("from the host\n"), 0o644))
	writer := sh(t, "writer", say("host", "cat /host/file", "ro", "touch /host/new || true")+"echo scratch >/scratch/f; echo labelled >/labelled/f; "+forever,
		sidecar, mounting("host:ro", "scratch", "labelled"))
	reader := sh(t, "reader", say("host", "cat /host/file", "scratch", "until cat /scratch/f; do sleep 0.05; done 2>/dev/null",
		"labelled", "until cat /labelled/f; do sleep 0.05; done 2>/dev/null", "ro", "touch /labelled/new || true"))
	reader.VolumesFrom = []types.VolumeFrom{{SourceContainer: aws.String("writer"), ReadOnly: aws.Bool(true)}}
	td := registerWith(t, fx, withVolumes(
		types.Volume{Name: aws.String("host"), Host: &types.HostVolumeProperties{SourcePath: aws.String(dir)}},
		types.Volume{Name: aws.String("scratch")},
		dockerVolume("labelled", types.ScopeTask, false),
	), reader, writer)
	arn := run(t, fx, td)
	fx.AssertExitCode(t, arn, "reader", 0)
	assert.Equal(t, map[string]string{"host": "from the host", "ro": "touch: /host/new: Read-only file system"}, said(fx, arn, "writer"))
	assert.Equal(t, map[string]string{
		"host": "from the host", "scratch": "scratch", "labelled": "labelled", "ro": "touch: /labelled/new: Read-only file system",
	}, said(fx, arn, "reader"))
	assert.NotContains(t, strings.Join(labelled(t, session), ","), "volume", "the task's volumes go with it")
}

// TestSharedVolumes outlive tasks, and the fixture that made them while
// another one uses them.
func TestSharedVolumes(t *testing.T) {
	const name = "ecsfixture-shared-test"
	script := `echo line >>/` + name + `/f; wc -l </` + name + `/f; ` + forever
	start := func(fx *ecsfixture.Fixture) string {
		td := registerWith(t, fx, withVolumes(dockerVolume(name, types.ScopeShared, true)), sh(t, "app", script, mounting(name)))
		arn := run(t, fx, td)
		fx.WaitTaskRunning(t, arn)
		return arn
	}
	first, err := ecsfixture.New(t.Context())
	require.NoError(t, err)
	second := ecsfixture.Start(t)
	start(first)
	labels, _ := volumeLabels(t, name)
	assert.Equal(t, name, labels["com.example.volume"])
	_, err = first.ECS.StopTask(t.Context(), &ecs.StopTaskInput{Task: aws.String(start(first))})
	require.NoError(t, err)
	arn := start(second)
	require.NoError(t, first.Close(t.Context()), "while another fixture has the volume mounted")
	_, there := volumeLabels(t, name)
	assert.True(t, there)
	second.Logs.WaitFor(t, logs.Task(arn), logs.Contains("3"))
	require.NoError(t, second.Close(t.Context()))
	_, there = volumeLabels(t, name)
	assert.False(t, there, "the last one that used it removes it")
}

// TestSharedVolumeThatIsNotThere fails the task, and one that somebody else
// made stays.
func TestSharedVolumeThatIsNotThere(t *testing.T) {
	t.Parallel()
	const name = "ecsfixture-shared-test-of-another"
	fx, err := ecsfixture.New(t.Context())
	require.NoError(t, err)
	td := registerWith(t, fx, withVolumes(dockerVolume(name, types.ScopeShared, false)), sh(t, "app", "exit 0", mounting(name)))
	arn := run(t, fx, td)
	task := fx.WaitTaskStopped(t, arn)
	assert.Equal(t, types.TaskStopCodeTaskFailedToStart, task.StopCode)
	assert.Contains(t, *task.StoppedReason, "CannotCreateVolumeError: ", fx.Story(arn))
	assert.Contains(t, *task.StoppedReason, name)

	cli, err := client.New(client.FromEnv)
	require.NoError(t, err)
	defer cli.Close()
	_, err = cli.VolumeCreate(t.Context(), client.VolumeCreateOptions{Name: name})
	require.NoError(t, err)
	defer cli.VolumeRemove(t.Context(), name, client.VolumeRemoveOptions{})
	fx.AssertExitCode(t, run(t, fx, td), "app", 0)
	require.NoError(t, fx.Close(t.Context()))
	_, there := volumeLabels(t, name)
	assert.True(t, there)
}

func efs(name, id, root string) types.Volume {
	return types.Volume{Name: aws.String(name), EfsVolumeConfiguration: &types.EFSVolumeConfiguration{
		FileSystemId: aws.String(id), RootDirectory: aws.String(root),
	}}
}

func fsx(name, id, root, credentials string) types.Volume {
	return types.Volume{Name: aws.String(name), FsxWindowsFileServerVolumeConfiguration: &types.FSxWindowsFileServerVolumeConfiguration{
		FileSystemId: aws.String(id), RootDirectory: aws.String(root),
		AuthorizationConfig: &types.FSxWindowsFileServerAuthorizationConfig{CredentialsParameter: aws.String(credentials), Domain: aws.String("example.com")},
	}}
}

// TestFileSystems has tasks one after the other see what the one before wrote
// to EFS and FSx, in a directory of the test and in volumes.
func TestFileSystems(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "app"), 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "app", "seed"), []byte("seeded\n"), 0o644))
	fx := ecsfixture.Start(t, ecsfixture.WithFileSystem("fs-11111111", dir))
	other := ecsfixture.Start(t)
	volumes := func(fx *ecsfixture.Fixture) func(*ecs.RegisterTaskDefinitionInput) {
		login := fx.Secrets.PutJSON("ad", map[string]string{"username": "admin", "password": "secret"})
		return withVolumes(efs("here", "fs-11111111", "/app"), efs("efs", "fs-22222222", "/"), efs("part", "fs-22222222", "/part"), fsx("fsx", "fs-33333333", `share\app`, login))
	}
	script := say("seed", "cat /here/seed", "efs", "cat /efs/f", "part", "cat /part/f", "fsx", "cat /fsx/f") +
		"echo written >/here/f; echo a >>/efs/f; echo b >>/part/f; echo c >>/fsx/f"
	app := sh(t, "app", script, mounting("here", "efs", "part", "fsx"))

	td := registerWith(t, fx, volumes(fx), app)
	fx.AssertExitCode(t, run(t, fx, td), "app", 0)
	arn := run(t, fx, td)
	fx.AssertExitCode(t, arn, "app", 0)
	assert.Equal(t, map[string]string{"seed": "seeded", "efs": "a", "part": "b", "fsx": "c"}, said(fx, arn, "app"))
	written, err := os.ReadFile(filepath.Join(dir, "app", "f"))
	require.NoError(t, err)
	assert.Equal(t, "written\n", string(written))

	arn = run(t, other, registerWith(t, other, volumes(other), app))
	other.AssertExitCode(t, arn, "app", 0)
	assert.Contains(t, said(other, arn, "app")["efs"], "No such file", "each fixture has file systems of its own")

	for reason, broken := range map[string]types.Volume{
		"failed to invoke EFS utils commands to set up EFS volumes": efs("v", "fs-11111111", "/not/there"),
		"Secrets Manager can't find the specified secret":           fsx("v", "fs-33333333", "share", "arn:aws:secretsmanager:us-east-1:000000000000:secret:none"),
	} {
		task := fx.WaitTaskStopped(t, run(t, fx, registerWith(t, fx, withVolumes(broken), sh(t, "app", "exit 0", mounting("v")))))
		assert.Equal(t, types.TaskStopCodeTaskFailedToStart, task.StopCode)
		assert.Contains(t, *task.StoppedReason, "ResourceInitializationError: ")
		assert.Contains(t, *task.StoppedReason, reason)
	}
}

// details are those of a task's attachment of a type.
func details(t *testing.T, task types.Task, kind string) (types.Attachment, map[string]string) {
	t.Helper()
	for _, a := range task.Attachments {
		if *a.Type != kind {
			continue
		}
		values := map[string]string{}
		for _, kv := range a.Details {
			values[*kv.Name] = *kv.Value
		}
		return a, values
	}
	t.Fatalf("the task has no attachment of type %s", kind)
	return types.Attachment{}, nil
}

// TestEBSVolumes are configured by RunTask.
func TestEBSVolumes(t *testing.T) {
	t.Parallel()
	const session = "ecsfixture-ebs-test"
	fx, err := ecsfixture.New(t.Context(), ecsfixture.WithDocker(docker.WithSession(session)))
	require.NoError(t, err)
	role := "arn:aws:iam::000000000000:role/infrastructure"
	td := registerWith(t, fx, withVolumes(types.Volume{Name: aws.String("data"), ConfiguredAtLaunch: aws.Bool(true)}),
		sh(t, "app", "echo x >/data/f; ls /data; "+forever, mounting("data")))
	launch := func(keep bool) func(*ecs.RunTaskInput) {
		return func(in *ecs.RunTaskInput) {
			in.VolumeConfigurations = []types.TaskVolumeConfiguration{{Name: aws.String("data"), ManagedEBSVolume: &types.TaskManagedEBSVolumeConfiguration{
				RoleArn: aws.String(role), SizeInGiB: aws.Int32(20), FilesystemType: types.TaskFilesystemTypeExt4,
				TerminationPolicy: &types.TaskManagedEBSVolumeTerminationPolicy{DeleteOnTermination: aws.Bool(!keep)},
			}}}
		}
	}
	for left, keep := range []bool{false, true} {
		arn := run(t, fx, td, launch(keep))
		task := fx.WaitTaskRunning(t, arn)
		fx.Logs.WaitFor(t, logs.Task(arn), logs.Contains("f"))
		a, got := details(t, task, "AmazonElasticBlockStorage")
		assert.Equal(t, "ATTACHED", *a.Status)
		assert.Regexp(t, "^vol-[0-9a-f]{17}$", got["volumeId"])
		assert.Equal(t, []string{role, "20", "gp3", "ext4", "data"},
			[]string{got["roleArn"], got["sizeInGiB"], got["volumeType"], got["filesystemType"], got["volumeName"]})
		_, err := fx.ECS.StopTask(t.Context(), &ecs.StopTaskInput{Task: aws.String(arn)})
		require.NoError(t, err)
		a, _ = details(t, fx.WaitTaskStopped(t, arn), "AmazonElasticBlockStorage")
		assert.Equal(t, "DELETED", *a.Status)
		assert.Equal(t, left, strings.Count(strings.Join(labelled(t, session), ","), "volume"), "keep: %t", keep)
		for _, volume := range labelled(t, session) {
			if name, ok := strings.CutPrefix(volume, "volume "); ok {
				assert.Contains(t, name, got["volumeId"])
			}
		}
	}
	_, err = fx.ECS.RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: aws.String(td)})
	var invalid *types.InvalidParameterException
	assert.ErrorAs(t, err, &invalid)
	require.NoError(t, fx.Close(t.Context()))
	assert.Empty(t, labelled(t, session))
}

// TestEBSVolumesOfServices are made for each task, and a new deployment comes
// of their change.
func TestEBSVolumesOfServices(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t)
	td := registerWith(t, fx, withVolumes(types.Volume{Name: aws.String("data"), ConfiguredAtLaunch: aws.Bool(true)}),
		types.ContainerDefinition{Name: aws.String("app"), Image: aws.String("idle"), Memory: aws.Int32(64)})
	volume := func(size int32) []types.ServiceVolumeConfiguration {
		return []types.ServiceVolumeConfiguration{{Name: aws.String("data"), ManagedEBSVolume: &types.ServiceManagedEBSVolumeConfiguration{
			RoleArn: aws.String("arn:aws:iam::000000000000:role/infrastructure"), SizeInGiB: aws.Int32(size),
		}}}
	}
	created, err := fx.ECS.CreateService(t.Context(), &ecs.CreateServiceInput{
		ServiceName: aws.String("db"), TaskDefinition: aws.String(td), DesiredCount: aws.Int32(2), VolumeConfigurations: volume(10),
	})
	require.NoError(t, err)
	assert.Equal(t, volume(10), created.Service.Deployments[0].VolumeConfigurations)
	sizes := func() (list []string) {
		require.NoError(t, ecs.NewServicesStableWaiter(fx.ECS).Wait(t.Context(), &ecs.DescribeServicesInput{Services: []string{"db"}}, patience))
		arns, err := fx.ECS.ListTasks(t.Context(), &ecs.ListTasksInput{ServiceName: aws.String("db")})
		require.NoError(t, err)
		tasks, err := fx.ECS.DescribeTasks(t.Context(), &ecs.DescribeTasksInput{Tasks: arns.TaskArns})
		require.NoError(t, err)
		for _, task := range tasks.Tasks {
			_, got := details(t, task, "AmazonElasticBlockStorage")
			list = append(list, got["sizeInGiB"])
		}
		return list
	}
	assert.Equal(t, []string{"10", "10"}, sizes())
	updated, err := fx.ECS.UpdateService(t.Context(), &ecs.UpdateServiceInput{Service: aws.String("db"), VolumeConfigurations: volume(20)})
	require.NoError(t, err)
	assert.Equal(t, volume(20), updated.Service.Deployments[0].VolumeConfigurations)
	assert.Equal(t, []string{"20", "20"}, sizes())
	_, err = fx.ECS.UpdateService(t.Context(), &ecs.UpdateServiceInput{Service: aws.String("db"), VolumeConfigurations: volume(0)})
	assert.Error(t, err)
}

// TestNamespaces has containers share the processes and the shared memory of
// their task, of the host, or of nobody.
func TestNamespaces(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	// The other container may need a moment to come to its sleep.
	const sleepers = `look() { ps | awk '$3 == "/bin/sleep"'; }; i=0; while [ $i -lt 40 ] && [ -z "$(look)" ]; do i=$((i+1)); usleep 50000; done; look | wc -l`
	ns := func(kind string) string { return "readlink /proc/self/ns/" + kind }
	host := func(kind string) string {
		link, err := os.Readlink("/proc/self/ns/" + kind)
		require.NoError(t, err)
		return link
	}
	inModes := func(pid types.PidMode, ipc types.IpcMode) (one, two map[string]string) {
		td := registerWith(t, fx, func(in *ecs.RegisterTaskDefinitionInput) {
			in.PidMode, in.IpcMode = pid, ipc
			in.RuntimePlatform = &types.RuntimePlatform{CpuArchitecture: types.CPUArchitectureX8664, OperatingSystemFamily: types.OSFamilyLinux}
		}, sh(t, "one", say("pid", ns("pid"), "ipc", ns("ipc"), "shm", "ls -d /dev/shm")+"trap 'exit 0' TERM; /bin/sleep 1000 & wait", sidecar),
			sh(t, "two", say("pid", ns("pid"), "ipc", ns("ipc"), "seen", sleepers), func(d *types.ContainerDefinition) {
				d.DependsOn = []types.ContainerDependency{{ContainerName: aws.String("one"), Condition: types.ContainerConditionStart}}
			}))
		arn := run(t, fx, td)
		fx.AssertExitCode(t, arn, "two", 0)
		assert.Equal(t, "x86_64", *fx.WaitTaskStopped(t, arn).Attributes[0].Value)
		return said(fx, arn, "one"), said(fx, arn, "two")
	}
	one, two := inModes("", "")
	assert.NotEqual(t, one["pid"], two["pid"])
	assert.NotEqual(t, one["ipc"], two["ipc"])
	assert.Equal(t, "0", two["seen"])
	one, two = inModes(types.PidModeTask, types.IpcModeTask)
	assert.Equal(t, one["pid"], two["pid"])
	assert.Equal(t, one["ipc"], two["ipc"])
	assert.NotEqual(t, host("pid"), one["pid"])
	assert.Equal(t, "1", two["seen"])
	one, _ = inModes(types.PidModeHost, types.IpcModeHost)
	assert.Equal(t, []string{host("pid"), host("ipc")}, []string{one["pid"], one["ipc"]})
	one, two = inModes("", types.IpcModeNone)
	assert.NotEqual(t, one["ipc"], two["ipc"])
	assert.Equal(t, "ls: /dev/shm: No such file or directory", one["shm"])
}

// TestVolumesOfAContainerWithoutProgram are there, though it can't start.
func TestVolumesOfAContainerWithoutProgram(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	data := sh(t, "data", "", sidecar, mounting("scratch"), func(d *types.ContainerDefinition) { d.EntryPoint = []string{"/no/such/program"} })
	app := sh(t, "app", "grep /scratch /proc/mounts && touch /scratch/x", func(d *types.ContainerDefinition) {
		d.VolumesFrom = []types.VolumeFrom{{SourceContainer: aws.String("data")}}
	})
	arn := run(t, fx, registerWith(t, fx, withVolumes(types.Volume{Name: aws.String("scratch")}), app, data))
	fx.AssertExitCode(t, arn, "app", 0)
}
