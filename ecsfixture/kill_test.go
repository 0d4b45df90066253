package ecsfixture_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
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
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/docker"
)

// The variables that make the test binary a child, and that say how often
// one is killed.
const (
	killChild  = "ECSFIXTURE_KILL_CHILD"
	killRounds = "ECSFIXTURE_KILL_ROUNDS"
)

// TestKilledProcessLeavesNothingForLong kills a process with tasks at random
// moments, and has another process run a task in a fixture, which removes what
// the first one left and what the engine was still making for it.
func TestKilledProcessLeavesNothingForLong(t *testing.T) {
	testimage.Busybox(t)
	rounds, _ := strconv.Atoi(os.Getenv(killRounds))
	for range max(rounds, 2) {
		victim := child(t, "run", testimage.Busybox(t))
		out, err := victim.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, victim.Start())
		session := firstSession(t, out)
		time.Sleep(rand.N(1500 * time.Millisecond)) // the moment is random: there is no event to wait for
		require.NoError(t, victim.Process.Kill())
		_ = victim.Wait()
		next := child(t, "start", testimage.Busybox(t))
		output, err := next.CombinedOutput()
		require.NoError(t, err, string(output))
		assert.Empty(t, labelled(t, session), "round of session %s, after which the next process said %s", session, output)
	}
}

func child(t *testing.T, what, image string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^TestKillChild$", "-test.v")
	cmd.Env = append(os.Environ(), killChild+"="+what, "TESTCONTAINERS_RYUK_DISABLED=true", "ECSFIXTURE_KILL_IMAGE="+image)
	return cmd
}

// firstSession reads the session that a child prints.
func firstSession(t *testing.T, out interface{ Read([]byte) (int, error) }) string {
	t.Helper()
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if session, ok := strings.CutPrefix(lines.Text(), "session "); ok {
			go func() {
				for lines.Scan() { // so that the child can go on writing
				}
			}()
			return session
		}
	}
	t.Fatal("the child told no session")
	return ""
}

// TestKillChild is the process that is killed, and the one after it.
func TestKillChild(t *testing.T) {
	switch os.Getenv(killChild) {
	case "run":
		runUntilKilled(t)
	case "start":
		fx, err := ecsfixture.New(context.Background(), ecsfixture.WithLogger(slog.New(slog.NewTextHandler(os.Stderr, nil))))
		require.NoError(t, err)
		td := registerWith(t, fx, inMode(types.NetworkModeAwsvpc), killed())
		fx.AssertExitCode(t, run(t, fx, td, func(in *ecs.RunTaskInput) {
			in.NetworkConfiguration = inSubnet()
			in.Overrides = &types.TaskOverride{ContainerOverrides: []types.ContainerOverride{{Name: aws.String("app"), Command: []string{"true"}}}}
		}), "app", 0)
		require.NoError(t, fx.Close(context.Background()))
	}
}

// killed is the container of both.
func killed(change ...func(*types.ContainerDefinition)) types.ContainerDefinition {
	d := types.ContainerDefinition{
		Name: aws.String("app"), Image: aws.String(os.Getenv("ECSFIXTURE_KILL_IMAGE")), Memory: aws.Int32(32),
		Command: []string{"sleep", "1000"},
	}
	for _, f := range change {
		f(&d)
	}
	return d
}

func runUntilKilled(t *testing.T) {
	session := fmt.Sprintf("kill-%d", os.Getpid())
	fx, err := ecsfixture.New(t.Context(), ecsfixture.WithDocker(docker.WithSession(session)))
	require.NoError(t, err)
	fmt.Printf("\nsession %s\n", session)
	td, err := fx.ECS.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("killed"), NetworkMode: types.NetworkModeAwsvpc,
		Volumes:              []types.Volume{{Name: aws.String("data"), DockerVolumeConfiguration: &types.DockerVolumeConfiguration{Scope: types.ScopeTask}}},
		ContainerDefinitions: []types.ContainerDefinition{killed(mounting("data"))},
	})
	require.NoError(t, err)
	for {
		_, err := fx.ECS.RunTask(t.Context(), &ecs.RunTaskInput{
			TaskDefinition: td.TaskDefinition.TaskDefinitionArn, Count: aws.Int32(2),
			NetworkConfiguration: &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}},
		})
		require.NoError(t, err)
		time.Sleep(300 * time.Millisecond) // paces the load on the engine, waits for nothing
	}
}

// labelled lists the containers, networks and volumes of a session.
func labelled(t *testing.T, session string) (left []string) {
	t.Helper()
	cli, err := client.New(client.FromEnv)
	require.NoError(t, err)
	defer cli.Close()
	mine := client.Filters{}.Add("label", docker.LabelSession+"="+session)
	containers, err := cli.ContainerList(t.Context(), client.ContainerListOptions{All: true, Filters: mine})
	require.NoError(t, err)
	for _, c := range containers.Items {
		left = append(left, "container "+c.Names[0])
	}
	networks, err := cli.NetworkList(t.Context(), client.NetworkListOptions{Filters: mine})
	require.NoError(t, err)
	for _, n := range networks.Items {
		left = append(left, "network "+n.Name)
	}
	volumes, err := cli.VolumeList(t.Context(), client.VolumeListOptions{Filters: mine})
	require.NoError(t, err)
	for _, v := range volumes.Items {
		left = append(left, "volume "+v.Name)
	}
	return left
}
