package docker_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/moby/moby/client"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

func TestUserDirectoryAndEnvironment(t *testing.T) {
	task := newTask(t, newRuntime(t), runtime.TaskSpec{})
	spec := shell(t, `id -un; pwd; echo "$GREETING"`)
	spec.User, spec.WorkingDir = "nobody", "/tmp"
	spec.Env = []runtime.EnvVar{{Name: "GREETING", Value: "hello = world"}}
	p := run(t, task, spec)
	p.exit()
	require.Equal(t, []string{"nobody", "/tmp", "hello = world"}, p.texts())
}

func TestStreams(t *testing.T) {
	task := newTask(t, newRuntime(t), runtime.TaskSpec{})
	p := run(t, task, shell(t, `echo out; sleep 0.01; printf 'err\r\n' >&2`))
	p.exit()
	out, err := p.line(), p.line()
	require.Equal(t, runtime.Stdout, out.Stream)
	require.Equal(t, runtime.Line{Time: err.Time, Stream: runtime.Stderr, Text: "err\r"}, err)
	require.True(t, err.Time.After(out.Time))
}

func TestLongLines(t *testing.T) {
	r := newRuntime(t)
	for name, tty := range map[string]bool{"pipe": false, "terminal": true} {
		t.Run(name, func(t *testing.T) {
			spec := shell(t, `head -c 50000 /dev/zero | tr '\0' x; echo; echo short`)
			spec.TTY = tty
			p := run(t, newTask(t, r, runtime.TaskSpec{}), spec)
			p.exit()
			texts := p.texts()
			require.Len(t, texts, 2)
			require.Len(t, texts[0], 50000)
			require.Equal(t, "short", texts[1])
		})
	}
}

func TestVolumes(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "file"), []byte("from the host\n"), 0o644))
	task := newTask(t, newRuntime(t), runtime.TaskSpec{Volumes: []runtime.Volume{
		{Name: "host", Kind: runtime.VolumeBind, Source: dir},
		{Name: "scratch", Kind: runtime.VolumeTask},
		{Name: "shared", Kind: runtime.VolumeShared, Source: "ecsfixture-test-shared", Autoprovision: true},
	}})
	writer := shell(t, "cat /host/file; { echo x >/host/file; } 2>&1; echo from the writer >/scratch/file; touch /shared/file")
	writer.Name = "writer"
	writer.Mounts = []runtime.Mount{{Volume: "host", Path: "/host", ReadOnly: true}, {Volume: "scratch", Path: "/scratch"}, {Volume: "shared", Path: "/shared"}}
	p := run(t, task, writer)
	p.exit()
	require.Equal(t, "from the host", p.texts()[0])
	require.Contains(t, p.texts()[1], "Read-only file system")

	reader := shell(t, "cat /scratch/file; ls /shared")
	reader.VolumesFrom = []runtime.VolumeFrom{{Container: "writer"}}
	p = run(t, task, reader)
	p.exit()
	require.Equal(t, []string{"from the writer", "file"}, p.texts())
}

func TestSharedVolumeHasToBeThere(t *testing.T) {
	_, err := newRuntime(t).NewTask(t.Context(), runtime.TaskSpec{ID: "1", NetworkMode: runtime.None, Volumes: []runtime.Volume{
		{Name: "v", Kind: runtime.VolumeShared, Source: "ecsfixture-test-absent"},
	}})
	require.ErrorContains(t, err, "CannotCreateVolumeError: ")
}

func TestHostConfig(t *testing.T) {
	task := newTask(t, newRuntime(t), runtime.TaskSpec{Memory: 64, NetworkMode: runtime.Bridge})
	spec := shell(t, "true")
	yes, swap := true, int64(32)
	spec.CPU, spec.MemoryReservation, spec.ReadonlyRoot = 256, 16, true
	spec.Hostname, spec.DNSServers, spec.DNSSearch = "box", []string{"192.0.2.53"}, []string{"example.com"}
	spec.ExtraHosts = []runtime.HostEntry{{Hostname: "db", IP: "192.0.2.1"}}
	spec.Ulimits = []runtime.Ulimit{{Name: "nofile", Soft: 100, Hard: 200}}
	spec.Sysctls = map[string]string{"net.core.somaxconn": "77"}
	spec.SecurityOptions = []string{"no-new-privileges"}
	spec.Linux = runtime.Linux{
		CapAdd: []string{"SYS_PTRACE"}, CapDrop: []string{"MKNOD"}, Init: &yes, SharedMemory: 8, MaxSwap: &swap,
		Devices: []runtime.Device{{HostPath: "/dev/null", ContainerPath: "/dev/void", Permissions: "r"}},
		Tmpfs:   []runtime.Tmpfs{{Path: "/scratch", Size: 4, Options: []string{"noexec"}}},
	}
	spec.Labels = map[string]string{"com.example": "yes"}
	p := create(t, task, spec)
	res, err := engineClient(t).ContainerInspect(t.Context(), p.ID(), client.ContainerInspectOptions{})
	require.NoError(t, err)
	host, config := res.Container.HostConfig, res.Container.Config
	require.EqualValues(t, 256, host.CPUShares)
	require.EqualValues(t, 64<<20, host.Memory, "the task's")
	require.EqualValues(t, 96<<20, host.MemorySwap)
	require.EqualValues(t, 16<<20, host.MemoryReservation)
	require.EqualValues(t, 8<<20, host.ShmSize)
	require.True(t, host.ReadonlyRootfs && *host.Init)
	require.Equal(t, []string{"db:192.0.2.1"}, host.ExtraHosts)
	require.Equal(t, "77", host.Sysctls["net.core.somaxconn"])
	require.Equal(t, "size=4m,noexec", host.Tmpfs["/scratch"])
	require.Equal(t, "/dev/void", host.Devices[0].PathInContainer)
	require.Equal(t, []string{"NONE"}, config.Healthcheck.Test)
	require.Equal(t, "box", config.Hostname)
	require.Equal(t, "yes", config.Labels["com.example"])
	require.Empty(t, host.PortBindings)
}
