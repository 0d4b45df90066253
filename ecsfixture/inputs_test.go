package ecsfixture_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
)

// cgroup prints the first of the files that is there: the second version of
// control groups has other names than the first.
func cgroup(files ...string) string {
	command := "cat"
	for _, f := range files {
		command += " /sys/fs/cgroup/" + f
	}
	return command + " 2>/dev/null"
}

// TestContainerOverrides has every member of a containerOverride.
func TestContainerOverrides(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	file := filepath.Join(t.TempDir(), "override.env")
	require.NoError(t, os.WriteFile(file, []byte("FROM=the disk\n"), 0o600))
	fx.Files.Put("arn:aws:s3:::config/app.env", []byte("FROM=the definition\nONLY=there\n"))
	s3 := func(value string) []types.EnvironmentFile {
		return []types.EnvironmentFile{{Type: types.EnvironmentFileTypeS3, Value: aws.String(value)}}
	}
	td := register(t, fx, sh(t, "app", "exit 9", func(d *types.ContainerDefinition) {
		d.Cpu, d.MemoryReservation, d.Environment = 64, aws.Int32(16), env("A=definition", "B=definition")
		d.EnvironmentFiles = s3("arn:aws:s3:::config/app.env")
	}))
	override := types.ContainerOverride{
		Name: aws.String("app"),
		Command: []string{say("from", "echo $FROM", "only", "echo $ONLY", "env", "echo $A $B",
			"cpu", cgroup("cpu/cpu.shares", "cpu.weight"),
			"memory", cgroup("memory/memory.limit_in_bytes", "memory.max"),
			"soft", cgroup("memory/memory.soft_limit_in_bytes", "memory.low"))},
		Environment: env("A=override"), EnvironmentFiles: s3("file://" + file),
		Cpu: aws.Int32(512), Memory: aws.Int32(48), MemoryReservation: aws.Int32(24),
	}
	arn := run(t, fx, td, func(in *ecs.RunTaskInput) {
		in.Overrides = &types.TaskOverride{ContainerOverrides: []types.ContainerOverride{override}}
	})
	fx.AssertExitCode(t, arn, "app", 0)
	got := said(fx, arn, "app")
	assert.Contains(t, []string{"512", "20"}, got["cpu"], "shares, or the weight that stands for them")
	delete(got, "cpu")
	assert.Equal(t, map[string]string{
		"from": "the disk", "only": "", "env": "override definition",
		"memory": fmt.Sprint(48 << 20), "soft": fmt.Sprint(24 << 20),
	}, got)

	task := fx.WaitTaskStopped(t, arn)
	assert.Equal(t, []types.ContainerOverride{override}, task.Overrides.ContainerOverrides)
	c := task.Containers[0]
	assert.Equal(t, []string{"512", "48", "24"}, []string{*c.Cpu, *c.Memory, *c.MemoryReservation})

	_, err := fx.ECS.RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: aws.String(td), Overrides: &types.TaskOverride{
		ContainerOverrides: []types.ContainerOverride{{Name: aws.String("app"), ResourceRequirements: []types.ResourceRequirement{
			{Type: types.ResourceTypeGpu, Value: aws.String("1")}}}},
	}})
	var refused *types.UnsupportedFeatureException
	require.ErrorAs(t, err, &refused)
	assert.Contains(t, *refused.Message, "overrides.containerOverrides.resourceRequirements")
}

// TestTaskOverrides has every member of a taskOverride, on Fargate.
func TestTaskOverrides(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	td := registerWith(t, fx, func(in *ecs.RegisterTaskDefinitionInput) {
		in.NetworkMode, in.Cpu, in.Memory = types.NetworkModeAwsvpc, aws.String("256"), aws.String("512")
		in.RequiresCompatibilities = []types.Compatibility{types.CompatibilityFargate}
		in.TaskRoleArn = aws.String("arn:aws:iam::000000000000:role/definition")
	}, sh(t, "app", say(
		"memory", cgroup("memory/memory.limit_in_bytes", "memory.max"),
		"credentials", "wget -qO- http://169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
		"limits", "wget -qO- $ECS_CONTAINER_METADATA_URI_V4/task"), func(d *types.ContainerDefinition) { d.Memory = nil }))
	launch := func(o types.TaskOverride) *ecs.RunTaskInput {
		return &ecs.RunTaskInput{
			TaskDefinition: aws.String(td), LaunchType: types.LaunchTypeFargate, NetworkConfiguration: inSubnet(), Overrides: &o,
		}
	}
	override := types.TaskOverride{
		Cpu: aws.String("512"), Memory: aws.String("1024"),
		TaskRoleArn:      aws.String("arn:aws:iam::000000000000:role/override"),
		ExecutionRoleArn: aws.String("arn:aws:iam::000000000000:role/other-execution"),
		EphemeralStorage: &types.EphemeralStorage{SizeInGiB: 30},
	}
	out, err := fx.ECS.RunTask(t.Context(), launch(override))
	require.NoError(t, err)
	task := fx.WaitTaskStopped(t, *out.Tasks[0].TaskArn)
	assert.Equal(t, []string{"512", "1024"}, []string{*task.Cpu, *task.Memory})
	assert.Equal(t, override.EphemeralStorage, task.EphemeralStorage)
	assert.Equal(t, int32(30), task.FargateEphemeralStorage.SizeInGiB)
	assert.Equal(t, override.TaskRoleArn, task.Overrides.TaskRoleArn)
	assert.Equal(t, override.ExecutionRoleArn, task.Overrides.ExecutionRoleArn)

	got := said(fx, *task.TaskArn, "app")
	assert.Equal(t, fmt.Sprint(1024<<20), got["memory"], "the task's bounds a container without a limit of its own")
	var credentials struct{ RoleArn string }
	require.NoError(t, json.Unmarshal([]byte(got["credentials"]), &credentials), got["credentials"])
	assert.Equal(t, *override.TaskRoleArn, credentials.RoleArn)
	var metadata struct{ Limits struct{ CPU, Memory float64 } }
	require.NoError(t, json.Unmarshal([]byte(got["limits"]), &metadata), got["limits"])
	assert.Equal(t, struct{ CPU, Memory float64 }{0.5, 1024}, metadata.Limits)

	for text, o := range map[string]types.TaskOverride{
		"No Fargate configuration exists for given values": {Cpu: aws.String("512"), Memory: aws.String("512")},
		"ephemeral": {EphemeralStorage: &types.EphemeralStorage{SizeInGiB: 10}},
		"cpu":       {Cpu: aws.String("much")},
		"'memory'":  {ContainerOverrides: []types.ContainerOverride{{Name: aws.String("app"), Memory: aws.Int32(2)}}},
		".env": {ContainerOverrides: []types.ContainerOverride{{Name: aws.String("app"), EnvironmentFiles: []types.EnvironmentFile{
			{Type: types.EnvironmentFileTypeS3, Value: aws.String("arn:aws:s3:::config/app.txt")}}}}},
	} {
		_, err := fx.ECS.RunTask(t.Context(), launch(o))
		var invalid *types.InvalidParameterException
		if assert.ErrorAs(t, err, &invalid, text) {
			assert.Contains(t, *invalid.Message, text)
		}
	}
}

// TestSecretOptions fetches options of a log driver, which are no secret to
// who may read the logs' names but to who reads the definition.
func TestSecretOptions(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	group := fx.Secrets.PutJSON("logging", map[string]string{"group": "/from/a/secret"})
	td := register(t, fx, sh(t, "app", "echo hello", func(d *types.ContainerDefinition) {
		awslogs(map[string]string{"awslogs-region": "us-east-1", "awslogs-create-group": "true", "awslogs-stream-prefix": "p"})(d)
		d.LogConfiguration.SecretOptions = []types.Secret{{Name: aws.String("awslogs-group"), ValueFrom: aws.String(group + ":group::")}}
	}))
	arn := run(t, fx, td)
	fx.AssertExitCode(t, arn, "app", 0)
	out, err := cloudwatchlogs.NewFromConfig(fx.Config).GetLogEvents(t.Context(), &cloudwatchlogs.GetLogEventsInput{
		LogGroupName: aws.String("/from/a/secret"), LogStreamName: aws.String("p/app/" + arn[len(arn)-32:]), StartFromHead: aws.Bool(true),
	})
	require.NoError(t, err)
	require.Len(t, out.Events, 1)
	assert.Equal(t, "hello", *out.Events[0].Message)

	missing := register(t, fx, sh(t, "app", "echo hello", func(d *types.ContainerDefinition) {
		awslogs(map[string]string{"awslogs-region": "us-east-1"})(d)
		d.LogConfiguration.SecretOptions = []types.Secret{{Name: aws.String("awslogs-group"), ValueFrom: aws.String("/no/parameter")}}
	}))
	task := fx.WaitTaskStopped(t, run(t, fx, missing))
	assert.Equal(t, types.TaskStopCodeTaskFailedToStart, task.StopCode)
	assert.Contains(t, *task.StoppedReason, "ResourceInitializationError: ")
}

// probe is a container with inputs, the commands that show them from within,
// and what these print.
type probe struct {
	name   string
	change func(*types.ContainerDefinition)
	shown  []string // keys and commands
	want   map[string]string
}

// examine runs all probes as the containers of one task.
func examine(t *testing.T, fx *ecsfixture.Fixture, change func(*ecs.RegisterTaskDefinitionInput), probes ...probe) string {
	t.Helper()
	app, backend := sh(t, "app", "exit 0"), sh(t, "backend", forever, sidecar)
	containers := []types.ContainerDefinition{backend}
	for _, p := range probes {
		containers = append(containers, sh(t, p.name, say(p.shown...), sidecar, p.change))
		app.DependsOn = append(app.DependsOn, types.ContainerDependency{ContainerName: aws.String(p.name), Condition: types.ContainerConditionComplete})
	}
	containers = append(containers, app)
	arn := run(t, fx, registerWith(t, fx, change, containers...))
	for _, p := range probes {
		fx.AssertExitCode(t, arn, p.name, 0)
		assert.Equal(t, p.want, said(fx, arn, p.name), p.name)
	}
	return arn
}

func unchanged(*ecs.RegisterTaskDefinitionInput) {}

// TestNamesAndAddresses shows what a bridge container is told of names.
func TestNamesAndAddresses(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	examine(t, fx, unchanged,
		probe{"hosts", func(d *types.ContainerDefinition) {
			d.Hostname = aws.String("box")
			d.ExtraHosts = []types.HostEntry{{Hostname: aws.String("db.internal"), IpAddress: aws.String("192.0.2.7")}}
		}, []string{"hostname", "hostname", "extra", "awk '/db.internal/{print $1}' /etc/hosts", "own", "grep -c '\\bbox$' /etc/hosts"},
			map[string]string{"hostname": "box", "extra": "192.0.2.7", "own": "1"}},
		probe{"resolver", func(d *types.ContainerDefinition) {
			d.DnsServers, d.DnsSearchDomains = []string{"192.0.2.53", "192.0.2.54"}, []string{"internal", "example.com"}
		}, []string{"servers", "awk '/^nameserver/{print $2}' /etc/resolv.conf", "search", "sed -n 's/^search //p' /etc/resolv.conf"},
			map[string]string{"servers": "192.0.2.53 192.0.2.54", "search": "internal example.com"}},
		probe{"linked", func(d *types.ContainerDefinition) { d.Links = []string{"backend:db", "backend"} },
			[]string{"alias", "ping -c1 -W2 db | grep -c 'bytes from'", "plain", "ping -c1 -W2 backend | grep -c 'bytes from'"},
			map[string]string{"alias": "1", "plain": "1"}},
		probe{"alone", func(d *types.ContainerDefinition) { d.DisableNetworking = aws.Bool(true) },
			[]string{"interfaces", "ls /sys/class/net | grep -v -c '^lo$'"}, map[string]string{"interfaces": "0"}},
	)
}

// TestKernelInputs shows what containers ask of the kernel.
func TestKernelInputs(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	status := func(field string) string { return "awk '/^" + field + ":/{print $2}' /proc/self/status" }
	linux := func(f func(*types.LinuxParameters)) func(*types.ContainerDefinition) {
		return func(d *types.ContainerDefinition) {
			d.LinuxParameters = new(types.LinuxParameters)
			f(d.LinuxParameters)
		}
	}
	examine(t, fx, unchanged,
		probe{"limits", func(d *types.ContainerDefinition) {
			d.Ulimits = []types.Ulimit{{Name: types.UlimitNameNofile, SoftLimit: 100, HardLimit: 200}, {Name: types.UlimitNameCore, SoftLimit: 0, HardLimit: 0}}
			d.SystemControls = []types.SystemControl{
				{Namespace: aws.String("net.core.somaxconn"), Value: aws.String("77")},
				{Namespace: aws.String("kernel.msgmax"), Value: aws.String("9000")},
			}
		}, []string{"soft", "ulimit -Sn", "hard", "ulimit -Hn", "core", "ulimit -c", "net", "cat /proc/sys/net/core/somaxconn", "ipc", "cat /proc/sys/kernel/msgmax"},
			map[string]string{"soft": "100", "hard": "200", "core": "0", "net": "77", "ipc": "9000"}},
		probe{"capabilities", linux(func(l *types.LinuxParameters) {
			l.Capabilities = &types.KernelCapabilities{Add: []string{"SYS_PTRACE", "NET_ADMIN"}, Drop: []string{"ALL"}}
		}), []string{"effective", status("CapEff")}, map[string]string{"effective": fmt.Sprintf("%016x", 1<<19|1<<12)}},
		probe{"default", func(d *types.ContainerDefinition) { d.DockerSecurityOptions = []string{"no-new-privileges"} },
			[]string{"effective", status("CapEff"), "privileges", status("NoNewPrivs"), "write", "touch /file && echo yes", "terminal", "tty", "input", "timeout 5 cat && echo ended"},
			map[string]string{"effective": "00000000a80425fb", "privileges": "1", "write": "yes", "terminal": "not a tty", "input": "ended"}},
		probe{"devices", linux(func(l *types.LinuxParameters) {
			l.Devices = []types.Device{
				{HostPath: aws.String("/dev/zero"), ContainerPath: aws.String("/dev/nought")},
				{HostPath: aws.String("/dev/kmsg"), Permissions: []types.DeviceCgroupPermission{types.DeviceCgroupPermissionRead}},
			}
		}), []string{"read", "head -c 4 /dev/nought | od -An -tx1", "same", "ls /dev/kmsg", "write", "echo x >/dev/kmsg && echo yes"},
			map[string]string{"read": "00 00 00 00", "same": "/dev/kmsg", "write": "sh: can't create /dev/kmsg: Operation not permitted"}},
		probe{"process", func(d *types.ContainerDefinition) {
			linux(func(l *types.LinuxParameters) { l.InitProcessEnabled = aws.Bool(true) })(d)
			d.User, d.ReadonlyRootFilesystem, d.PseudoTerminal = aws.String("nobody:0"), aws.Bool(true), aws.Bool(true)
		}, []string{"first", "cat /proc/1/comm", "user", "echo $(id -un):$(id -g)", "write", "touch /tmp/file && echo yes", "terminal", "tty"},
			map[string]string{"first": "docker-init", "user": "nobody:0", "write": "touch: /tmp/file: Read-only file system", "terminal": "/dev/pts/0"}},
		probe{"open", func(d *types.ContainerDefinition) { d.Interactive = aws.Bool(true) },
			[]string{"input", `sh -c "timeout 1 cat || exit 7" 2>/dev/null && echo ended || echo open`}, map[string]string{"input": "open"}},
		probe{"memory", func(d *types.ContainerDefinition) {
			linux(func(l *types.LinuxParameters) {
				l.SharedMemorySize, l.MaxSwap, l.Swappiness = aws.Int32(8), aws.Int32(32), aws.Int32(10)
				l.Tmpfs = []types.Tmpfs{{ContainerPath: aws.String("/scratch"), Size: 4, MountOptions: []string{"noexec", "ro"}}}
			})(d)
		}, []string{"shared", "df -m /dev/shm | awk 'END{print $2}'", "tmpfs", "awk '$2==\"/scratch\"{print $3,$4}' /proc/mounts"},
			map[string]string{"shared": "8", "tmpfs": "tmpfs ro,nosuid,nodev,noexec,relatime,size=4096k"}},
	)
}

// TestPrivileged shows the container's rights where the engine can give them:
// one that runs in a container itself often can't.
func TestPrivileged(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	arn := run(t, fx, register(t, fx, sh(t, "app", forever), sh(t, "root", say("mount", "mkdir /m && mount -t tmpfs none /m && echo yes"), sidecar,
		func(d *types.ContainerDefinition) { d.Privileged = aws.Bool(true) })))
	task, err := fx.AwaitTask(t.Context(), arn, func(task types.Task) bool { return *task.Containers[1].LastStatus == "STOPPED" })
	require.NoError(t, err)
	root := task.Containers[1]
	assert.True(t, inspected(t, *root.RuntimeId).HostConfig.Privileged)
	if root.Reason != nil {
		assert.Contains(t, *root.Reason, "operation not permitted")
		t.Skip("the engine may not start privileged containers: ", *root.Reason)
	}
	assert.Equal(t, map[string]string{"mount": "yes"}, said(fx, arn, "root"))
}

// TestSwap asks the engine, because containers see their swap's limits only
// where the kernel accounts for it.
func TestSwap(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	arn := run(t, fx, register(t, fx, sh(t, "app", forever, func(d *types.ContainerDefinition) {
		d.LinuxParameters = &types.LinuxParameters{MaxSwap: aws.Int32(32), Swappiness: aws.Int32(10)}
		d.DockerLabels = map[string]string{"com.example.team": "shop"}
	})))
	task := fx.WaitTaskRunning(t, arn)
	info := inspected(t, *task.Containers[0].RuntimeId)
	assert.EqualValues(t, 96<<20, info.HostConfig.MemorySwap, "of memory and swap")
	assert.EqualValues(t, 10, *info.HostConfig.MemorySwappiness)
	labels := maps.Clone(info.Config.Labels)
	assert.Equal(t, "shop", labels["com.example.team"])
	assert.Equal(t, arn, labels["com.amazonaws.ecs.task-arn"])
	assert.Equal(t, "app", labels["com.amazonaws.ecs.container-name"])
}

// TestLabelsAreInTheMetadata has a container read its own.
func TestLabelsAreInTheMetadata(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	arn := run(t, fx, register(t, fx, sh(t, "app", "wget -qO- $ECS_CONTAINER_METADATA_URI_V4", func(d *types.ContainerDefinition) {
		d.DockerLabels = map[string]string{"com.example.team": "shop"}
	})))
	fx.AssertExitCode(t, arn, "app", 0)
	var metadata struct{ Labels map[string]string }
	require.NoError(t, json.Unmarshal([]byte(fx.Logs.Text(logs.Task(arn))), &metadata))
	assert.Equal(t, "shop", metadata.Labels["com.example.team"])
}

// TestGPUIsRefused by the name of its member.
func TestGPUIsRefused(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t)
	_, err := fx.ECS.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("gpu"),
		ContainerDefinitions: []types.ContainerDefinition{{
			Name: aws.String("app"), Image: aws.String("i"), Memory: aws.Int32(64),
			ResourceRequirements: []types.ResourceRequirement{{Type: types.ResourceTypeGpu, Value: aws.String("1")}},
		}},
	})
	var refused *types.UnsupportedFeatureException
	require.ErrorAs(t, err, &refused)
	assert.Contains(t, *refused.Message, "containerDefinitions.resourceRequirements of type GPU")
}

// inspected is what the engine knows of a container.
func inspected(t *testing.T, id string) container.InspectResponse {
	t.Helper()
	cli, err := client.New(client.FromEnv)
	require.NoError(t, err)
	defer cli.Close()
	res, err := cli.ContainerInspect(t.Context(), id, client.ContainerInspectOptions{})
	require.NoError(t, err)
	return res.Container
}
