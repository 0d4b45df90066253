package docker_test

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"github.com/stretchr/testify/require"
	"github.com/testcontainers/testcontainers-go"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/docker"
)

// reaperChild tells a test process to be the one that has a reaper.
const reaperChild = "ECSFIXTURE_REAPER_CHILD"

// mirror is the registry whose reaper the child takes: a stand-in, that no
// other user of this engine comes upon.
const mirror = "ecsfixture.test"

// TestReaper kills a process whose containers testcontainers' reaper looks
// after, and waits until the reaper has removed them and itself.
func TestReaper(t *testing.T) {
	child, out := startReaperChild(t, "killed")
	session, id := told(t, out, "session "), told(t, out, "container ")
	cli := engineClient(t)
	info, err := cli.ContainerInspect(t.Context(), id, client.ContainerInspectOptions{})
	require.NoError(t, err)
	labels := info.Container.Config.Labels
	require.Equal(t, session, labels[docker.LabelSession])
	require.Equal(t, []string{"sh", "-c", "echo here; exec sleep 1000"}, info.Container.Config.Cmd)
	require.Empty(t, info.Container.Config.ExposedPorts, "testcontainers has not added to what was asked for")
	reaper := reaperOf(t, cli, labels["org.testcontainers.sessionId"])
	gone := cli.ContainerWait(t.Context(), reaper, client.ContainerWaitOptions{Condition: container.WaitConditionRemoved})

	require.NoError(t, child.Process.Kill())
	select {
	case <-gone.Result:
	case err := <-gone.Error:
		require.NoError(t, err)
	}
	require.Error(t, child.Wait())
	requireNothingLeft(t, docker.LabelSession+"="+session)
}

// TestReaperIsLetGo ends a process in order: its reaper has nothing to do.
func TestReaperIsLetGo(t *testing.T) {
	child, out := startReaperChild(t, "closed")
	session := told(t, out, "session ")
	_, err := io.Copy(io.Discard, out)
	require.NoError(t, err)
	require.NoError(t, child.Wait())
	requireNothingLeft(t, docker.LabelSession+"="+session)
}

// TestReaperChild is the process with the reaper.
func TestReaperChild(t *testing.T) {
	end := os.Getenv(reaperChild)
	if end == "" {
		return
	}
	r, err := docker.New(t.Context(), docker.WithLogger(slog.New(slog.NewTextHandler(os.Stderr, nil))))
	require.NoError(t, err)
	task, err := r.NewTask(t.Context(), runtime.TaskSpec{ID: strings.Repeat("0", 32), NetworkMode: runtime.AWSVPC})
	require.NoError(t, err)
	p := run(t, task, shell(t, "echo here; exec sleep 1000"))
	require.Equal(t, "here", p.line().Text)
	fmt.Printf("\nsession %s\ncontainer %s\n", r.Session(), p.ID())
	if end == "killed" {
		select {}
	}
	require.NoError(t, task.Close(t.Context()))
	require.NoError(t, r.Close(t.Context()))
}

// startReaperChild starts a process that finds the stand-in for the reaper.
func startReaperChild(t *testing.T, end string) (*exec.Cmd, *bufio.Reader) {
	t.Helper()
	//lint:ignore SA1019 there is no other place that tells it
	image := mirror + "/" + testcontainers.ReaperDefaultImage
	require.NoError(t, docker.BuildGoImage(t.Context(), "./testdata/reaper", image))
	cmd := exec.Command(os.Args[0], "-test.run=^TestReaperChild$", "-test.v")
	cmd.Env = append(os.Environ(), reaperChild+"="+end, "TESTCONTAINERS_RYUK_DISABLED=false", "TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX="+mirror,
		"TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1") // where the test itself is in a container it would guess
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd, bufio.NewReader(out)
}

// told reads on to the line of a process that begins with a word.
func told(t *testing.T, out *bufio.Reader, word string) string {
	t.Helper()
	var all strings.Builder
	for {
		line, err := out.ReadString('\n')
		if rest, ok := strings.CutPrefix(line, word); ok {
			return strings.TrimSpace(rest)
		}
		all.WriteString(line)
		require.NoError(t, err, all.String())
	}
}

// reaperOf finds the reaper of a session of testcontainers.
func reaperOf(t *testing.T, cli *client.Client, session string) string {
	t.Helper()
	filters := make(client.Filters).Add("label", "org.testcontainers.ryuk=true", "org.testcontainers.sessionId="+session)
	found, err := cli.ContainerList(t.Context(), client.ContainerListOptions{Filters: filters})
	require.NoError(t, err)
	require.Len(t, found.Items, 1)
	return found.Items[0].ID
}
